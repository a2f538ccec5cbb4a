// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where cache lines begin in an array. An array's numbers begin 16 bytes after what the JVM has
 * aligned to 8: vectors as wide as a line would all lie across two, and each load be two.
 *
 * <p>Where an array stands is asked of the C library, if this program may call it ({@code
 * --enable-native-access}).
 */
final class CacheLines {
  /** Bytes of a line. */
  static final int LINE = 64;

  /**
   * Numbers to be written or loaded before anybody asks: the first question takes a tenth of a
   * second, which a short run would not get back. Tests do not wait ({@code unspool.alignAtOnce}).
   */
  private static final long ENOUGH = Boolean.getBoolean("unspool.alignAtOnce") ? 0 : 1 << 28;

  /** How many those of all arrays are until now. */
  private static final AtomicLong MOVED = new AtomicLong();

  private CacheLines() {}

  /** Whether it is worth asking; counts so many numbers that are about to be moved if it is not. */
  static boolean areAsked(int numbers) {
    boolean asked = MOVED.get() >= ENOUGH;
    if (!asked) {
      MOVED.addAndGet(numbers);
    }
    return asked;
  }

  /** How many bytes of an array stand before its first whole line; 0 if nobody says. */
  static int before(MemorySegment array) {
    if (Address.MEMSET.isEmpty()) {
      return 0;
    }
    try {
      long address = (long) Address.MEMSET.get().invokeExact(array, 0, 0L);
      return (int) (-address & (LINE - 1));
    } catch (Throwable e) {
      throw new IllegalStateException("the C library could not be called", e);
    }
  }

  /** Made when it is first needed. */
  private static final class Address {
    /** {@code memset(p, 0, 0)}, which changes nothing and returns p. */
    private static final Optional<MethodHandle> MEMSET = memset();

    private static Optional<MethodHandle> memset() {
      if (!CacheLines.class.getModule().isNativeAccessEnabled() || ADDRESS.byteSize() != 8) {
        return Optional.empty();
      }
      Linker linker = Linker.nativeLinker();
      return linker
          .defaultLookup()
          .find("memset")
          .map(
              function ->
                  linker.downcallHandle(
                      function,
                      FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG),
                      Linker.Option.critical(true)));
    }
  }
}
