// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Numbers stay what they are wherever they go, and go to where a cache line begins. */
class AlignedFloatsTest {
  private static final int SIZE = 1 << 16;
  private static final float[] VALUES = new float[SIZE];

  static {
    for (int i = 0; i < SIZE; i++) {
      VALUES[i] = i;
    }
  }

  @Test
  void numbersThatAreOftenLoadedMoveToACacheLine() throws Throwable {
    var floats = new AlignedFloats(SIZE);
    int start = floats.renew();
    System.arraycopy(VALUES, 0, floats.values(), start, SIZE);
    askAtLast(floats);
    int settled = floats.start();
    assertArrayEquals(VALUES, Arrays.copyOfRange(floats.values(), settled, settled + SIZE));
    assertEquals(0, address(floats) % 64);
  }

  @Test
  void numbersFollowAnArrayThatTheCollectorMoves() throws Throwable {
    int moved = 0;
    for (int round = 0; round < 20 && moved == 0; round++) {
      moved = collect();
    }
    assertTrue(moved > 0, "the collector has moved none");
  }

  /** How many arrays have been moved to other places in a line, and were found there. */
  private static int collect() throws Throwable {
    List<AlignedFloats> all = new ArrayList<>();
    List<byte[]> between = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      // Gone soon: half of the memory, or it would not be worth moving the rest.
      between.add(new byte[Float.BYTES * SIZE + 8 * i]);
      var floats = new AlignedFloats(SIZE);
      askAtLast(floats);
      System.arraycopy(VALUES, 0, floats.values(), floats.start(), SIZE);
      all.add(floats);
    }
    between.clear();
    System.gc();
    int moved = 0;
    for (AlignedFloats floats : all) {
      moved += address(floats) % 64 == 0 ? 0 : 1;
      for (int i = 0; i <= 1 << 22; i += SIZE) {
        floats.settle();
      }
      assertEquals(0, address(floats) % 64);
      int start = floats.start();
      assertArrayEquals(VALUES, Arrays.copyOfRange(floats.values(), start, start + SIZE));
    }
    return moved;
  }

  @Test
  void numbersThatAreWrittenAnewBeginWithZeros() throws Throwable {
    var floats = new AlignedFloats(SIZE);
    int start = floats.renew();
    Arrays.fill(floats.values(), 1);
    askAtLast(new AlignedFloats(SIZE));
    int found = floats.renew();
    assertEquals(0, address(floats) % 64);
    assertEquals(found == start ? 1 : 0, floats.values()[found + SIZE - 1]);
  }

  @Test
  void roomGrowsAndDoesNotShrink() {
    var floats = new AlignedFloats(10);
    float[] small = floats.values();
    floats.makeRoom(10);
    assertTrue(floats.values() == small);
    floats.makeRoom(SIZE);
    float[] large = floats.values();
    assertTrue(large.length >= SIZE + floats.renew());
    floats.makeRoom(100);
    assertTrue(floats.values() == large);
  }

  /** Loads so many numbers that it is worth asking where they are. */
  private static void askAtLast(AlignedFloats floats) {
    for (int i = 0; i <= 1 << 28; i += SIZE) {
      floats.settle();
    }
  }

  private static long address(AlignedFloats floats) throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle memset =
        linker.downcallHandle(
            linker.defaultLookup().find("memset").orElseThrow(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG),
            Linker.Option.critical(true));
    long array = (long) memset.invokeExact(MemorySegment.ofArray(floats.values()), 0, 0L);
    return array + (long) floats.start() * Float.BYTES;
  }
}
