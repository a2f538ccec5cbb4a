// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

/** How many truths lie within their bands, and how wide those are. */
public final class Coverage {
  private double widths;
  private long within;
  private long count;

  /**
   * Adds a band, with its ends.
   *
   * @param truth NaN where it is missing, which counts in nothing
   */
  public void add(double lower, double upper, double truth) {
    if (Double.isNaN(truth)) {
      return;
    }
    within += truth >= lower && truth <= upper ? 1 : 0;
    widths += upper - lower;
    count++;
  }

  /** How many bands there were. */
  public long count() {
    return count;
  }

  /** Share of truths within; NaN of none. */
  public double share() {
    return (double) within / count;
  }

  /** Mean width; NaN of none. */
  public double width() {
    return widths / count;
  }
}
