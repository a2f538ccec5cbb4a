// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

/**
 * How a tape is opened.
 *
 * @param lanes number of sequences advanced side by side
 * @param capacity number of steps that stay on the tape, at least 1
 * @param outputWindow number of newest outputs that {@link Tape#outputs} can be asked for, at least
 *     1; may exceed the capacity
 * @param weightPolicy what a sweep means after the weights have changed
 * @param training whether dropout is applied
 * @param seed of the tape's own random numbers (dropout)
 * @param sensitivities whether sweeps may ask for derivatives with respect to inputs
 * @param threads number of threads that share the work, the caller's among them, 1 to {@link
 *     #MOST_THREADS}; the others end with {@link Tape#close()}. Results do not depend on it
 */
public record TapeOptions(
    int lanes,
    int capacity,
    int outputWindow,
    WeightPolicy weightPolicy,
    boolean training,
    long seed,
    boolean sensitivities,
    int threads) {

  /** More threads than this are a mistake: no machine has so many processors. */
  public static final int MOST_THREADS = 1024;

  /** Checks the ranges. */
  public TapeOptions {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "threads must be 1 to %s, found %s; more than processors (%s here) do not help"
              .formatted(MOST_THREADS, threads, Runtime.getRuntime().availableProcessors()));
    }
    if (lanes < 1 || capacity < 1 || outputWindow < 1) {
      throw new IllegalArgumentException(
          "lanes, capacity and output window must be at least 1, found %s, %s and %s"
              .formatted(lanes, capacity, outputWindow));
    }
  }

  /** One thread. */
  public TapeOptions(
      int lanes,
      int capacity,
      int outputWindow,
      WeightPolicy weightPolicy,
      boolean training,
      long seed,
      boolean sensitivities) {
    this(lanes, capacity, outputWindow, weightPolicy, training, seed, sensitivities, 1);
  }

  /** A tape for training: {@link WeightPolicy#AS_APPLIED}, seed 0, the newest output only. */
  public static TapeOptions training(int lanes, int capacity) {
    return new TapeOptions(lanes, capacity, 1, WeightPolicy.AS_APPLIED, true, 0, false);
  }

  /** A tape for inference: one step, no dropout. */
  public static TapeOptions inference(int lanes) {
    return new TapeOptions(lanes, 1, 1, WeightPolicy.CURRENT, false, 0, false);
  }

  /** The same with another output window. */
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

  /** The same with derivatives with respect to inputs. */
  public TapeOptions withSensitivities() {
    return new TapeOptions(
        lanes, capacity, outputWindow, weightPolicy, training, seed, true, threads);
  }

  /** The same with more threads. */
  public TapeOptions withThreads(int count) {
    return new TapeOptions(
        lanes, capacity, outputWindow, weightPolicy, training, seed, sensitivities, count);
  }
}
