// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * What somebody reads off a {@link ProgramTape}: values of the steps that are held, as they were
 * when these ran, and values that depend on parameters alone, at the weights that they ran with.
 * Steps are named by their age: the newest one has age 0.
 */
public final class WatchedValues {
  private final Home[] homes;
  private final int[] columns;
  private final boolean[] shared;
  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final InitialStates initial;
  private final TapeStore store;
  private final WeightVersions versions;

  WatchedValues(
      List<Spot> spots,
      ProgramArrays arrays,
      ProgramWeights weights,
      InitialStates initial,
      TapeStore store,
      WeightVersions versions) {
    this.homes = spots.stream().map(Spot::home).toArray(Home[]::new);
    this.columns = spots.stream().mapToInt(Spot::column).toArray();
    this.shared = new boolean[homes.length];
    for (int i = 0; i < homes.length; i++) {
      shared[i] = homes[i].storage() == Home.Storage.SHARED;
    }
    this.arrays = arrays;
    this.weights = weights;
    this.initial = initial;
    this.store = store;
    this.versions = versions;
  }

  /**
   * The array in which a value of a step stands; not to be modified, and valid until the tape is
   * asked for anything else.
   *
   * @param index of the value, in the order in which they were asked for
   */
  public float[] array(int index, int age) {
    return shared[index] ? weights.shared(versions.of(slot(age))) : arrays.of(homes[index]);
  }

  /** Where in {@link #array} the values of a lane begin. */
  public int at(int index, int age, int lane) {
    return shared[index]
        ? columns[index]
        : arrays.at(homes[index], slot(age)) + lane * homes[index].width() + columns[index];
  }

  /** Whether a lane begins with a step. */
  public boolean begins(int age, int lane) {
    return initial.begins(slot(age), lane);
  }

  private int slot(int age) {
    return store.end() - 1 - age;
  }
}
