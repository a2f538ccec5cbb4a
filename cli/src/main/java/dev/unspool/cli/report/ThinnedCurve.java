// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Points of a curve in bounded memory: where there come more than a picture can show, every second
 * one is left out, as often as needed. The first and the last point are always there.
 */
public final class ThinnedCurve {
  /** Many more than a picture is wide. */
  public static final int MOST = 4_000;

  private final List<Long> x = new ArrayList<>();
  private final List<Double> y = new ArrayList<>();
  private long stride = 1;
  private long seen;
  private long lastX;
  private double lastY;

  /** Adds a point to the right of all others. */
  public void add(long newX, double newY) {
    lastX = newX;
    lastY = newY;
    if (seen++ % stride != 0) {
      return;
    }
    if (x.size() == MOST) {
      for (int i = 0; i < MOST / 2; i++) {
        x.set(i, x.get(2 * i));
        y.set(i, y.get(2 * i));
      }
      x.subList(MOST / 2, MOST).clear();
      y.subList(MOST / 2, MOST).clear();
      stride *= 2;
    }
    x.add(newX);
    y.add(newY);
  }

  /** Where the points are, from left to right. */
  public List<Long> x() {
    return isWhole() ? x : with(x, lastX);
  }

  /** How high they are. */
  public List<Double> y() {
    return isWhole() ? y : with(y, lastY);
  }

  private boolean isWhole() {
    return x.isEmpty() || x.getLast() == lastX;
  }

  private static <T> List<T> with(List<T> list, T last) {
    var all = new ArrayList<>(list);
    all.add(last);
    return all;
  }
}
