// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

/**
 * Says when errors have become larger: the test of Page and Hinkley (Page, "Continuous inspection
 * schemes", 1954; Hinkley, "Inference about the change-point from cumulative sum tests", 1971). Of
 * errors in deviations from their mean, what exceeds a tolerance is added up, never below 0; the
 * sum rises without end only when the mean has risen by more than the tolerance, and an alarm is
 * given where it passes a threshold.
 *
 * <p>Mean and deviation are a {@link RunningScale#robust robust} running scale's, from before the
 * error that is judged. An error counts as at most five deviations, so that one wrong reading
 * cannot raise an alarm. After an alarm it begins anew and learns what errors are like now; until
 * it has seen thirty-two it says nothing.
 *
 * <p>The lower the threshold, the sooner an alarm and the more false ones. With tolerance and
 * threshold as they are, two million independent errors of normal, Laplace and Student (three
 * degrees of freedom) predictions raised none, and a rise by two deviations was told after 17, 16
 * and 14 errors on average (20 and 200 seeds; {@code PageHinkleyTest}). Errors that go together
 * (autocorrelation) raise more: it is to be looked at, not to be acted upon unseen.
 */
public final class PageHinkley implements RunningState {
  /** Half a deviation. */
  public static final double TOLERANCE = 0.5;

  /** Twenty-five deviations. */
  public static final double THRESHOLD = 25;

  private static final double MOST = 5;
  private static final int FIRST = 32;

  private final double tolerance;
  private final double threshold;
  private final RunningScale scale;
  private final double[] fresh;
  private double sum;
  private double alarms;
  private double since;

  /**
   * A test with the usual tolerance and threshold.
   *
   * @param memory of the errors' mean and deviation in rows, at least 2
   */
  public PageHinkley(double memory) {
    this(memory, TOLERANCE, THRESHOLD);
  }

  /**
   * A test that has seen nothing.
   *
   * @param memory of the errors' mean and deviation in rows, at least 2
   * @param tolerance in deviations, above 0
   * @param threshold in deviations, above 0
   */
  public PageHinkley(double memory, double tolerance, double threshold) {
    if (!(tolerance > 0) || !(threshold > 0)) {
      throw new IllegalArgumentException(
          "a test for drift needs a tolerance and a threshold above 0, found %s and %s"
              .formatted(tolerance, threshold));
    }
    this.tolerance = tolerance;
    this.threshold = threshold;
    this.scale = RunningScale.robust(memory);
    this.fresh = new double[scale.size()];
    scale.save(fresh, 0);
  }

  /**
   * Looks at an error.
   *
   * @param error its size; one that is not finite is not looked at
   * @return whether this one raises an alarm
   */
  public boolean add(double error) {
    if (!Double.isFinite(error)) {
      return false;
    }
    since++;
    if (scale.count() >= FIRST) {
      sum = Math.max(0, sum + Math.min(scale.normalise(error), MOST) - tolerance);
    }
    scale.add(error);
    if (sum <= threshold) {
      return false;
    }
    scale.load(fresh, 0);
    sum = 0;
    since = 0;
    alarms++;
    return true;
  }

  /** The sum as a share of the threshold, from 0 to 1. */
  public double level() {
    return sum / threshold;
  }

  /** How many alarms there were. */
  public long alarms() {
    return (long) alarms;
  }

  /** How many errors were looked at since the last alarm, or the beginning. */
  public long since() {
    return (long) since;
  }

  @Override
  public int size() {
    return scale.size() + 3;
  }

  @Override
  public int save(double[] to, int at) {
    int next = scale.save(to, at);
    to[next++] = sum;
    to[next++] = alarms;
    to[next++] = since;
    return next;
  }

  @Override
  public int load(double[] from, int at) {
    int next = scale.load(from, at);
    sum = from[next++];
    alarms = from[next++];
    since = from[next++];
    return next;
  }
}
