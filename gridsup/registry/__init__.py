"""The register: premises, businesses, permits, household codes and the unlicensed ledger."""
