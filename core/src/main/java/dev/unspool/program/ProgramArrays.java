// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.AlignedFloats;
import dev.unspool.program.Home.Storage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arrays of one tape, and where the rows of a step begin in each of them. */
final class ProgramArrays {
  /** Values of an array at most: those of a Java array, less what may be added to align it. */
  private static final int MOST = Integer.MAX_VALUE - 128;

  private final int lanes;
  private final float[][] arrays;

  /** For each home, values from one step to the next; 0 where all steps have the same rows. */
  private final int[] strides;

  private final int[] storages;

  /** For each home, its array if that is one which is worth aligning. */
  private final @Nullable AlignedFloats[] aligned;

  /** For each home, where the numbers begin in its array. */
  private final int[] starts;

  /** For each storage, the step whose rows stand at {@link #begins}. */
  private final int[] origins = new int[Storage.values().length];

  private final int[] begins = new int[origins.length];

  private ProgramArrays(int lanes, int homes) {
    this.lanes = lanes;
    this.arrays = new float[homes][];
    this.strides = new int[homes];
    this.storages = new int[homes];
    this.aligned = new AlignedFloats[homes];
    this.starts = new int[homes];
  }

  /**
   * Makes all arrays; those whose rows are steps on the tape, or outputs, belong to these stores.
   *
   * @param chunkSteps steps that run forwards together
   * @param bench has those that are written and read within one call
   * @throws IllegalArgumentException if one of them is longer than an array can be
   */
  static ProgramArrays allocate(
      List<Home> homes,
      int lanes,
      TapeStore steps,
      TapeStore outputs,
      int chunkSteps,
      Bench bench) {
    var result = new ProgramArrays(lanes, homes.size());
    for (Home home : homes) {
      int step = size(1, lanes, home.width());
      Storage storage = home.storage();
      result.storages[home.id()] = storage.ordinal();
      result.strides[home.id()] = storage.isOfOneStep() ? 0 : step;
      result.arrays[home.id()] =
          switch (storage) {
            case TAPE -> steps.floats(home.name(), step);
            case ROWS -> outputs.floats("values", step);
            case CHUNK -> result.align(home, bench, size(chunkSteps, lanes, home.width()));
            case SWEEP -> result.align(home, bench, size(steps.capacity(), lanes, home.width()));
            case STEP, BACK, CARRY_BACK -> bench.array(home, step);
            case CARRY -> Staggered.floats(step);
            case SHARED, ADJOINT -> new float[0];
          };
    }
    return result;
  }

  /** Values of some steps; of one step, if these are too many already. */
  private static int size(int steps, int lanes, int width) {
    long step = (long) lanes * width;
    if (step > MOST) {
      throw new IllegalArgumentException(
          ("a step of %s lanes needs %s values where each lane has %s, more than a Java array"
                  + " holds; use fewer lanes")
              .formatted(lanes, step, width));
    }
    long size = steps * step;
    if (size > MOST) {
      throw new IllegalArgumentException(
          ("%s steps of %s lanes need %s values where each lane has %s, more than a Java array"
                  + " holds; use a shorter window or fewer lanes")
              .formatted(steps, lanes, size, width));
    }
    return (int) size;
  }

  private float[] align(Home home, Bench bench, int size) {
    AlignedFloats array = bench.aligned(home, size);
    aligned[home.id()] = array;
    starts[home.id()] = array.start();
    return array.values();
  }

  /**
   * Lets arrays of this storage begin where cache lines do, as far as is known, before all of them
   * is written anew. Their contents may be gone.
   */
  void renew(Storage storage) {
    for (int home = 0; home < aligned.length; home++) {
      AlignedFloats array = aligned[home];
      if (array != null && storages[home] == storage.ordinal()) {
        starts[home] = array.renew();
      }
    }
  }

  /**
   * The same arrays for somebody who works on lanes of his own beside others: who exchanges arrays,
   * or begins elsewhere, does so for himself.
   */
  ProgramArrays view() {
    var view = new ProgramArrays(lanes, arrays.length);
    System.arraycopy(strides, 0, view.strides, 0, strides.length);
    System.arraycopy(storages, 0, view.storages, 0, storages.length);
    view.follow(this);
    return view;
  }

  /** Finds everything where {@code others} do. */
  void follow(ProgramArrays others) {
    for (int home = 0; home < arrays.length; home++) {
      let(home, others.arrays[home]);
    }
    System.arraycopy(others.starts, 0, starts, 0, starts.length);
    System.arraycopy(others.origins, 0, origins, 0, origins.length);
    System.arraycopy(others.begins, 0, begins, 0, begins.length);
  }

  /** Says with which step the arrays of this storage begin. */
  void begin(Storage storage, int step) {
    origins[storage.ordinal()] = step;
  }

  /** Lets derivatives of outputs be read where they are, the first one being that of a step. */
  void read(Home adjoint, float[] values, int offset, int step) {
    arrays[adjoint.id()] = values;
    origins[adjoint.storage().ordinal()] = step;
    begins[adjoint.storage().ordinal()] = offset;
  }

  /** Index of the first value of the first lane of a step. */
  int at(Home home, int slot) {
    int storage = storages[home.id()];
    return starts[home.id()] + begins[storage] + (slot - origins[storage]) * strides[home.id()];
  }

  /** The array of a home. */
  float[] of(Home home) {
    return arrays[home.id()];
  }

  /** Copies the rows of some steps. */
  void copy(Home from, Home to, int first, int end) {
    int count = (end - first) * lanes * from.width();
    System.arraycopy(of(from), at(from, first), of(to), at(to, first), count);
  }

  /** Copies the rows that some lanes have at a step. */
  void copy(Home from, Home to, int slot, Lanes some) {
    int width = from.width();
    System.arraycopy(
        of(from),
        at(from, slot) + some.from() * width,
        of(to),
        at(to, slot) + some.from() * width,
        some.count() * width);
  }

  /** Lets a home that has the same rows at all steps stand where another has those of a step. */
  void place(Home home, Home in, int slot) {
    let(home.id(), of(in));
    starts[home.id()] = at(in, slot);
  }

  /** Lets it stand in an array of its own. */
  void place(Home home, float[] own) {
    let(home.id(), own);
    starts[home.id()] = 0;
  }

  private void let(int home, float[] array) {
    if (arrays[home] != array) { // storing a reference costs more than comparing
      arrays[home] = array;
    }
  }

  /** Lets two homes of one step change their contents, without copying any. */
  void exchange(Home one, Home other) {
    float[] array = of(one);
    arrays[one.id()] = of(other);
    arrays[other.id()] = array;
  }
}
