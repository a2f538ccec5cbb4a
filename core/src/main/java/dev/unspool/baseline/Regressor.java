// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A number that a linear model reads.
 *
 * @param column of the rows
 * @param ahead rows after the newest known one: 0 for that itself, negative for older ones;
 *     positive only for what is known in advance
 */
public record Regressor(int column, int ahead) {

  /**
   * Where a target is looked at to predict it: the newest rows, the rows around the predicted one a
   * season before, and the newest one a season before. A horizon of 1 and seasons of 24 and 168
   * give the lags 1–3, 23–25 and 167–169.
   *
   * @param newest how many of the newest rows
   * @param seasons in rows
   * @param horizon how many rows ahead is predicted
   * @return rows after the newest known one, at most 0
   */
  public static List<Integer> places(int newest, List<Integer> seasons, int horizon) {
    Set<Integer> places = new LinkedHashSet<>();
    for (int lag = 0; lag < newest; lag++) {
      places.add(-lag);
    }
    for (int season : seasons) {
      int same = horizon - season * Math.ceilDiv(horizon, season);
      for (int place = same - 1; place <= Math.min(0, same + 1); place++) {
        places.add(place);
      }
      places.add(-season);
    }
    return List.copyOf(places);
  }
}
