// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Gives the process its real standard error back.
 *
 * <p>A JVM started with {@code --add-modules jdk.incubator.vector} prints a warning at boot that no
 * flag turns off. The launcher therefore boots the JVM with file descriptor 2 on a filter that
 * drops this one line, keeps the real standard error on another descriptor, and says which one in
 * the system property {@code unspool.stderr.fd}.
 */
final class Stderr {
  private static final int STDERR = 2;

  private Stderr() {}

  /**
   * Makes descriptor 2 the real standard error again, for Java and native code alike. Without the
   * property, as when the launcher did not start this process, nothing happens. If it fails the
   * filter stays, which only drops that line.
   */
  @SuppressWarnings("restricted") // the launcher and the manifest allow native access
  static void restore() {
    Integer fd = Integer.getInteger("unspool.stderr.fd");
    if (fd == null) {
      return;
    }
    try {
      Linker linker = Linker.nativeLinker();
      FunctionDescriptor twoInts =
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
      MethodHandle dup2 =
          linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"), twoInts);
      int _ = (int) dup2.invokeExact(fd.intValue(), STDERR);
    } catch (Throwable _) {
      return; // the filter passes everything else on
    }
  }
}
