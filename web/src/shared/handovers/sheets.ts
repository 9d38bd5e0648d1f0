// Rotation sheets as both faces ask for them: the list, one sheet, one's own signature.

import { api, data } from "../api/client";
import type { components } from "../api/schema";

export type Sheet = components["schemas"]["HandoverView"];
export type SheetRow = components["schemas"]["HandoverRow"];

export const fetchSheet = (handover_id: number): Promise<Sheet> =>
  data(api.GET("/api/handovers/{handover_id}", { params: { path: { handover_id } } }));

/** Sign as oneself under the content that was read; another content meanwhile is refused. */
export const sign = (sheet: Sheet): Promise<Sheet> =>
  data(
    api.POST("/api/handovers/{handover_id}/signatures", {
      params: { path: { handover_id: sheet.id } },
      body: { content_sha256: sheet.content_sha256 },
    }),
  );
