// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusLineTest {
  private static StreamStatus status(@Nullable Double combined) {
    var baselines = new LinkedHashMap<String, @Nullable Double>();
    baselines.put("persistence", 4.5);
    baselines.put("linear", 3.25);
    baselines.put("season", null);
    var errors = new StreamStatus.Errors(3.5, 4.0, 0.1, combined, baselines);
    var figures = new StreamStatus.Figures("load", 5, 90, errors, errors, 0.75, 1);
    return new StreamStatus(
        "2026-01-01T00:00:00Z", 100, 2, 99.7, 1, 50, Map.of(), 0, List.of(figures), null);
  }

  @Test
  void itSaysWhatAllSayTogetherAndTheBestBaseline() {
    assertEquals(
        "100 records  100/s  2 unusable  load +5: 3.5 (combined 3, linear 3.25) drifting",
        StatusLine.line(200, status(3.0)));
    assertEquals(
        "100 records  100/s  2 unusable  load +5: 3.5 (linear 3.25) drifting",
        StatusLine.line(200, status(null)));
  }

  @Test
  void whatDoesNotFitGoesAsAWhole() {
    assertEquals("100 records  100/s  2 unusable", StatusLine.line(40, status(3.0)));
  }
}
