// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Numbers stay what they are wherever they go, and go to where a cache line begins. */
class AlignedFloatsTest {
  private static final int SIZE = 1 << 16;

  @Test
  void numbersThatAreOftenLoadedMoveToACacheLine() throws Throwable {
    var floats = new AlignedFloats(SIZE);
    int start = floats.renew();
    for (int i = 0; i < SIZE; i++) {
      floats.values()[start + i] = i;
    }
    askAtLast(floats);
    for (int i = 0; i < SIZE; i++) {
      assertEquals(i, floats.values()[floats.start() + i]);
    }
    assertEquals(0, address(floats) % 64);
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
