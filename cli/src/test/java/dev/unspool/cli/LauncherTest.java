// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher beside a Java and a Maven that only say how they were called. */
final class LauncherTest {
  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.copy(Path.of("..", "unspool"), folder.resolve("unspool"));
    Files.createDirectories(folder.resolve("cli/target/lib"));
    Files.createFile(folder.resolve("cli/target/unspool-cli.jar"));
    Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    script("jdk/bin/java", "echo \"LC_ALL=$LC_ALL\"; printf '%s\\n' \"$@\"");
    script("jdk/bin/javac", "");
  }

  private void script(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  private record Run(int status, String out, String err) {}

  private Run run(Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("sh", folder.resolve("unspool").toString()));
    command.addAll(List.of(words));
    return run(environment, command);
  }

  /** A line of the shell, in the folder. */
  private Run shell(String line) throws IOException, InterruptedException {
    return run(Map.of(), List.of("sh", "-c", "cd '" + folder + "' && " + line));
  }

  private Run run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    var builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().putAll(environment);
    int status = builder.start().waitFor();
    return new Run(status, Files.readString(out), Files.readString(err));
  }

  /** A JVM would read ASCII there, and the default of many containers is no locale at all. */
  @Test
  void theJvmRunsInUtf8() throws Exception {
    for (Map<String, String> environment :
        List.of(Map.<String, String>of(), Map.of("LC_ALL", "C"), Map.of("LANG", "no_SUCH.UTF-8"))) {
      Run run = run(environment, "train", "--csv", "données/série.csv");
      assertEquals(0, run.status(), run::err);
      assertTrue(run.out().matches("(?s)LC_ALL=\\S+\\.(UTF-8|utf8)\n.*"), run::out);
      assertTrue(run.out().contains("\ndonnées/série.csv\n"), run::out);
    }
  }

  /** Where that is faster, and not where only a word of advice is wanted. */
  @Test
  void onIntelAddressesAreKeptOnTheStack() throws Exception {
    Path processors = Path.of("/proc/cpuinfo");
    boolean intel =
        Files.exists(processors) && Files.readString(processors).contains("GenuineIntel");
    String option = "\n-XX:-UseFPUForSpilling\n";
    Run run = run(Map.of(), "train", "--csv", "series.csv");
    assertEquals(0, run.status(), run::err);
    assertEquals(intel, run.out().contains(option), run::out);
    assertFalse(run(Map.of(), "--help").out().contains(option));
  }

  /**
   * Starts the launcher with its standard error as the output. What passes the filter may come
   * after the end of the launcher, and a {@link Process} is read no further than that; so one that
   * ends when nobody writes any more stands between. The exit status is written to a file.
   */
  private Process said(String words) throws IOException {
    String command = "{ sh ./unspool " + words + "; echo $? >status; } 2>&1 >out.txt | cat";
    var builder = new ProcessBuilder("sh", "-c", command).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    return builder.start();
  }

  /** But for what every boot says. Whoever watches a long run through a pipe sees how far it is. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatIsSaidOnStandardErrorComesAtOnce() throws Exception {
    script(
        "jdk/bin/java",
        """
        printf 'at boot\\n  \\\\n: as it is\\n' >&2
        echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
        printf '1 of 2\\n' >&2
        echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
        read -r _
        printf '2 of 2, and no end of a line' >&2
        """);
    Process process = said("info");
    try (var err = process.inputReader(UTF_8);
        var in = process.outputWriter(UTF_8)) {
      assertEquals("at boot", err.readLine());
      assertEquals("  \\n: as it is", err.readLine());
      assertEquals("1 of 2", err.readLine());
      in.write("\n");
      in.flush();
      assertEquals("2 of 2, and no end of a line", err.readAllAsString());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whyAJvmDoesNotStartIsSaid() throws Exception {
    script("jdk/bin/java", "printf 'no such option\\nno JVM' >&2; exit 1");
    Process process = said("info");
    try (var err = process.inputReader(UTF_8)) {
      assertEquals("no such option\nno JVM", err.readAllAsString());
    }
    process.waitFor();
    assertEquals("1\n", Files.readString(folder.resolve("status")));
  }

  /** A question, which ends in no line, is seen before it is answered. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aProgramOfOnesOwnCanAsk() throws Exception {
    script(
        "jdk/bin/java",
        """
        echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
        printf 'name: ' >&2
        read -r name
        echo "hello $name" >&2
        """);
    Files.createFile(folder.resolve("Ask.java"));
    Process process = said("run Ask.java");
    try (var err = process.inputReader(UTF_8);
        var in = process.outputWriter(UTF_8)) {
      var question = new char[6];
      assertEquals(6, err.read(question));
      assertEquals("name: ", new String(question));
      in.write("Ada\n");
      in.flush();
      assertEquals("hello Ada\n", err.readAllAsString());
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aClosedInputIsAnEmptyOne() throws Exception {
    script("jdk/bin/java", "if read -r line; then echo \"read $line\"; else echo nothing; fi");
    assertEquals("nothing\n", shell("sh ./unspool info <&-").out());
  }

  @Test
  void whatIsNoSourceFileIsNotRun() throws Exception {
    Files.createDirectory(folder.resolve("Folder.java"));
    Run run = shell("sh ./unspool run Folder.java");
    assertEquals(1, run.status());
    assertEquals("unspool: run takes a Java source file, and Folder.java is a folder\n", run.err());
    assertEquals("unspool: file not found: None.java\n", shell("sh ./unspool run None.java").err());
  }

  /** A runtime without a compiler does for what is built, and not for what is not. */
  @Test
  void whatIsToBeCompiledNeedsAJdk() throws Exception {
    Files.delete(folder.resolve("jdk/bin/javac"));
    script("jdk/bin/java", "echo runtime");
    Files.createFile(folder.resolve("Program.java"));
    String elsewhere = "PATH=" + folder.resolve("other/bin") + ":$PATH ";
    Files.createDirectories(folder.resolve("other/bin"));
    Files.writeString(folder.resolve("other/release"), "JAVA_VERSION=\"25.0.1\"\n");
    script("other/bin/java", "echo development");
    script("other/bin/javac", "");
    assertEquals("runtime\n", shell(elsewhere + "sh ./unspool info").out());
    assertEquals("development\n", shell(elsewhere + "sh ./unspool run Program.java").out());
  }

  @Test
  void aBuildSaysWhatItDoes() throws Exception {
    Files.delete(folder.resolve("cli/target/unspool-cli.jar"));
    script(
        "mvn",
        """
        echo '[INFO] Downloading from central: https://example.invalid/a.pom'
        echo '[INFO] Building Unspool Core 0.1.0-SNAPSHOT                            [2/3]'
        """);
    Map<String, String> path =
        Map.of("PATH", folder + System.getProperty("path.separator") + System.getenv("PATH"));
    Run run = run(path, "--version");
    assertEquals(0, run.status(), run::err);
    assertTrue(run.err().contains("fetching libraries"), run::err);
    assertTrue(run.err().contains("[2/3] Unspool Core …"), run::err);
    assertFalse(run.out().contains("Core"), run::out);

    script("mvn", "echo '[INFO] Building X 1 [1/1]'; echo '[ERROR] no such thing'; exit 1");
    Files.delete(folder.resolve("cli/target/.built"));
    Run failed = run(path, "--version");
    assertEquals(1, failed.status(), failed::err);
    assertTrue(
        failed.err().contains("[ERROR] no such thing\nunspool: the build failed"), failed::err);
  }
}
