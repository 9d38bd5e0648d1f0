"""Quality review of closed files (案卷评查): a repeatable draw, four axes, findings, orders to correct."""
