// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/** How wide the terminal on standard error is now; a window may be resized at any time. */
final class WindowSize {
  private static final int STDERR = 2;
  private static final long REQUEST_LINUX = 0x5413; // TIOCGWINSZ
  private static final long REQUEST_MACOS = 0x40087468;

  private WindowSize() {}

  /**
   * Asks the system.
   *
   * @return the number of columns, 0 if nobody knows
   */
  @SuppressWarnings("restricted") // the launcher and the manifest allow native access
  static int columns() {
    try (Arena arena = Arena.ofConfined()) {
      boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
      Linker linker = Linker.nativeLinker();
      MethodHandle ioctl =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("ioctl"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_INT,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS),
              Linker.Option.firstVariadicArg(2));
      // struct winsize: rows, columns, and the same in pixels
      MemorySegment size = arena.allocate(ValueLayout.JAVA_SHORT, 4);
      int status = (int) ioctl.invokeExact(STDERR, mac ? REQUEST_MACOS : REQUEST_LINUX, size);
      return status == 0 ? Short.toUnsignedInt(size.getAtIndex(ValueLayout.JAVA_SHORT, 1)) : 0;
    } catch (Throwable _) {
      return 0; // a system without that call
    }
  }
}
