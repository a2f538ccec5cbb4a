// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers that are written once and then loaded over and over, a vector at a time, from where a
 * cache line begins. An array's numbers begin 16 bytes after what the JVM has aligned to 8: vectors
 * as wide as a line would all lie across two, and each load be two.
 *
 * <p>Where an array stands is asked of the C library, if this program may call it ({@code
 * --enable-native-access}). The collector may move it later; then loads take longer until somebody
 * asks again, which is whenever numbers are written anew, and every so many that are loaded. No
 * result changes.
 */
public final class AlignedFloats {
  private static final int LINE = 64;

  /** Numbers behind the last one that a start may take. */
  private static final int SLACK = LINE / Float.BYTES - 1;

  /**
   * Numbers to be written or loaded before anybody asks: the first question takes a tenth of a
   * second, which a short run would not get back. Tests do not wait ({@code unspool.alignAtOnce}).
   */
  private static final long ENOUGH = Boolean.getBoolean("unspool.alignAtOnce") ? 0 : 1 << 28;

  /**
   * Numbers that are loaded from an array before anybody asks whether it has been moved since: some
   * hundred microseconds' worth, a thousand times what it takes to ask.
   */
  private static final int AGAIN = 1 << 22;

  /** How many those of all are until now. */
  private static final AtomicLong MOVED = new AtomicLong();

  private float[] values = new float[SLACK];
  private MemorySegment segment = MemorySegment.ofArray(values);
  private int start;

  /** Whether somebody asked since they were written. */
  private boolean settled;

  /** How many were loaded since then. */
  private long loaded;

  /** Makes room for numbers, zeros at first. */
  public AlignedFloats(int size) {
    makeRoom(size);
  }

  /** Room for at least so many, of which none is kept where there was less. */
  void makeRoom(int size) {
    if (room() < size) {
      values = new float[Math.addExact(size, SLACK)];
      segment = MemorySegment.ofArray(values);
      start = 0;
    }
  }

  /** Where they are, behind others. */
  public float[] values() {
    return values;
  }

  /** Where the first one is. */
  public int start() {
    return start;
  }

  /**
   * Finds the place again before all of them are written.
   *
   * @return where the first is to be; if that is another place than before, all are zeros
   */
  public int renew() {
    settled = false;
    if (isAsked()) {
      int before = start;
      start = Address.toLine(segment);
      if (start != before) {
        Arrays.fill(values, 0);
      }
    }
    return start;
  }

  /**
   * Moves them there, if they are often loaded and are not there: they were written before anybody
   * asked, or the collector has moved the array. To be called before all of them are loaded.
   */
  void settle() {
    loaded += room();
    if (settled && loaded < AGAIN) {
      return;
    }
    if (isAsked()) {
      int to = Address.toLine(segment);
      if (to != start) {
        System.arraycopy(values, start, values, to, room());
      }
      start = to;
    }
  }

  /** Numbers there is room for. */
  public int room() {
    return values.length - SLACK;
  }

  private boolean isAsked() {
    loaded = 0;
    settled = MOVED.get() >= ENOUGH;
    if (!settled) {
      MOVED.addAndGet(room());
    }
    return settled;
  }

  /** Made when it is first needed. */
  private static final class Address {
    /** {@code memset(p, 0, 0)}, which changes nothing and returns p. */
    private static final Optional<MethodHandle> MEMSET = memset();

    private static Optional<MethodHandle> memset() {
      if (!AlignedFloats.class.getModule().isNativeAccessEnabled() || ADDRESS.byteSize() != 8) {
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

    /** How many numbers of an array stand before its first whole cache line. */
    static int toLine(MemorySegment array) {
      if (MEMSET.isEmpty()) {
        return 0;
      }
      try {
        long address = (long) MEMSET.get().invokeExact(array, 0, 0L);
        return (int) (-address & (LINE - 1)) / Float.BYTES;
      } catch (Throwable e) {
        throw new IllegalStateException("the C library could not be called", e);
      }
    }
  }
}
