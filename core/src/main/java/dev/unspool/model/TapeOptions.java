// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

/**
 * How a tape is opened: begun by {@link #training} or {@link #inference}, and changed part by part.
 * Immutable.
 */
public final class TapeOptions {
  /** More threads than this are a mistake: no machine has so many processors. */
  public static final int MOST_THREADS = 1024;

  /**
   * As many threads as the work of a step is worth, by rule, at most one a processor; {@link
   * Tape#workers()} says how many these are.
   */
  public static final int AUTOMATIC_THREADS = 0;

  private final int lanes;
  private final int capacity;
  private final int outputWindow;
  private final WeightPolicy weightPolicy;
  private final boolean training;
  private final long seed;
  private final boolean sensitivities;
  private final int threads;

  private TapeOptions(
      int lanes,
      int capacity,
      int outputWindow,
      WeightPolicy weightPolicy,
      boolean training,
      long seed,
      boolean sensitivities,
      int threads) {
    if (threads < AUTOMATIC_THREADS || threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "threads must be 1 to %s, or 0 to have them chosen, found %s; more than processors (%s here) do not help"
              .formatted(MOST_THREADS, threads, Runtime.getRuntime().availableProcessors()));
    }
    if (lanes < 1 || capacity < 1 || outputWindow < 1) {
      throw new IllegalArgumentException(
          "lanes, capacity and output window must be at least 1, found %s, %s and %s"
              .formatted(lanes, capacity, outputWindow));
    }
    this.lanes = lanes;
    this.capacity = capacity;
    this.outputWindow = outputWindow;
    this.weightPolicy = weightPolicy;
    this.training = training;
    this.seed = seed;
    this.sensitivities = sensitivities;
    this.threads = threads;
  }

  /**
   * A tape for training: {@link WeightPolicy#AS_APPLIED}, dropout with seed 0, the newest output
   * only, no derivatives with respect to inputs, one thread.
   *
   * @param lanes number of sequences advanced side by side, at least 1
   * @param capacity number of steps that stay on the tape, at least 1
   */
  public static TapeOptions training(int lanes, int capacity) {
    return new TapeOptions(lanes, capacity, 1, WeightPolicy.AS_APPLIED, true, 0, false, 1);
  }

  /**
   * A tape for inference: one step, no dropout.
   *
   * @param lanes number of sequences advanced side by side, at least 1
   */
  public static TapeOptions inference(int lanes) {
    return new TapeOptions(lanes, 1, 1, WeightPolicy.CURRENT, false, 0, false, 1);
  }

  /** Number of sequences advanced side by side. */
  public int lanes() {
    return lanes;
  }

  /** Number of steps that stay on the tape. */
  public int capacity() {
    return capacity;
  }

  /** Number of newest outputs that {@link Tape#outputs} can be asked for. */
  public int outputWindow() {
    return outputWindow;
  }

  /** What a sweep means after the weights have changed. */
  public WeightPolicy weightPolicy() {
    return weightPolicy;
  }

  /** Whether dropout is applied. */
  public boolean training() {
    return training;
  }

  /** Seed of the tape's own random numbers (dropout). */
  public long seed() {
    return seed;
  }

  /** Whether sweeps may ask for derivatives with respect to inputs. */
  public boolean sensitivities() {
    return sensitivities;
  }

  /**
   * Number of threads that share the work, the caller's among them, or {@link #AUTOMATIC_THREADS}.
   */
  public int threads() {
    return threads;
  }

  /** The same for another number of lanes, at least 1. */
  public TapeOptions withLanes(int count) {
    return new TapeOptions(
        count, capacity, outputWindow, weightPolicy, training, seed, sensitivities, threads);
  }

  /** The same with room for other steps, at least 1. */
  public TapeOptions withCapacity(int steps) {
    return new TapeOptions(
        lanes, steps, outputWindow, weightPolicy, training, seed, sensitivities, threads);
  }

  /**
   * The same with another output window, at least 1; it may exceed the capacity. Outputs can also
   * be differentiated so far back: weights of an output layer that have changed since are kept for
   * these steps only.
   */
  public TapeOptions withOutputWindow(int steps) {
    return new TapeOptions(
        lanes, capacity, steps, weightPolicy, training, seed, sensitivities, threads);
  }

  /** The same with another policy. */
  public TapeOptions withWeightPolicy(WeightPolicy policy) {
    return new TapeOptions(
        lanes, capacity, outputWindow, policy, training, seed, sensitivities, threads);
  }

  /** The same with another seed. */
  public TapeOptions withSeed(long newSeed) {
    return new TapeOptions(
        lanes, capacity, outputWindow, weightPolicy, training, newSeed, sensitivities, threads);
  }

  /** The same with derivatives with respect to inputs, or without. */
  public TapeOptions withSensitivities(boolean wanted) {
    return new TapeOptions(
        lanes, capacity, outputWindow, weightPolicy, training, seed, wanted, threads);
  }

  /** The same with derivatives with respect to inputs. */
  public TapeOptions withSensitivities() {
    return withSensitivities(true);
  }

  /**
   * The same with more threads, 1 to {@link #MOST_THREADS} or {@link #AUTOMATIC_THREADS}; they end
   * with {@link Tape#close()}. Results do not depend on it.
   */
  public TapeOptions withThreads(int count) {
    return new TapeOptions(
        lanes, capacity, outputWindow, weightPolicy, training, seed, sensitivities, count);
  }
}
