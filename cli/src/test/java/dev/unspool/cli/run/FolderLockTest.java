// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.report.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderLockTest {
  private static final long PID = ProcessHandle.current().pid();

  @TempDir Path folder;

  private static Console console() {
    var nowhere = new PrintWriter(new StringWriter());
    return new Console(nowhere, nowhere, true, false, 80);
  }

  private static FolderLock take(Path folder) throws IOException {
    return FolderLock.take(folder, console());
  }

  private static String refusal(Path folder) {
    return String.valueOf(assertThrows(RunException.class, () -> take(folder)).getMessage());
  }

  /** Another process: holds a folder until its input ends. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      try (FolderLock _ = take(Path.of(args[0]))) {
        System.out.println("held");
        while (System.in.read() >= 0) {}
      }
    }
  }

  @Test
  void oneHoldsItAndTheOtherIsToldWho() throws IOException {
    Path run = folder.resolve("a/b");
    try (FolderLock _ = take(run)) {
      String line = refusal(run);
      assertTrue(line.contains(run.toString()), line);
      assertTrue(line.contains("process " + PID), line);
      assertEquals(line, refusal(folder.resolve("a/../a/b")).replace("/../a", ""));
      assertThrows(RunException.class, () -> take(run), "a refusal does not free it");
    }
    take(run).close();
    assertEquals(0, Files.size(run.resolve(FolderLock.FILE)), "a former owner is not named");
  }

  @Test
  void theLockOfAProcessEndsWithIt() throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var said = holder.inputReader()) {
      assertEquals("held", said.readLine());
      String line = refusal(folder);
      assertTrue(line.contains("process " + holder.pid()), line);
      assertFalse(line.contains("\n"), line);
      holder.toHandle().destroyForcibly();
      holder.waitFor();
      take(folder).close();
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void aLockFileThatIsALinkIsNotWrittenThrough() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious"), "precious");
    Path run = Files.createDirectory(folder.resolve("run"));
    Files.createSymbolicLink(run.resolve(FolderLock.FILE), precious);
    assertThrows(IOException.class, () -> take(run));
    assertEquals("precious", Files.readString(precious));
    Files.delete(run.resolve(FolderLock.FILE));
    take(run).close();
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    String line = refusal(file);
    assertTrue(line.contains(file.toString()), line);
  }
}
