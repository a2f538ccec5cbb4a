// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.SweepObserver;
import java.util.LinkedHashMap;
import java.util.Map;

/** Brings together what is seen of sweeps over single lanes: a norm over all of them. */
final class LaneNorms implements SweepObserver {
  private final int depth;
  private final SweepObserver observer;
  private final Map<String, double[]> squares = new LinkedHashMap<>();

  LaneNorms(int depth, SweepObserver observer) {
    this.depth = depth;
    this.observer = observer;
  }

  @Override
  public void passed(int lag, String array, double norm) {
    squares.computeIfAbsent(array, _ -> new double[depth])[lag] += norm * norm;
  }

  /** Tells the observer what was seen, the newest step first. */
  void tell() {
    for (int lag = 0; lag < depth; lag++) {
      for (var array : squares.entrySet()) {
        observer.passed(lag, array.getKey(), Math.sqrt(array.getValue()[lag]));
      }
    }
  }
}
