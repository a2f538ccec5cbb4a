// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs in {@code reliability/}, in a form of seconds; their last argument is a seed. */
final class ReliabilityTest {
  private static final Path PROGRAMS = Path.of("..", "reliability").toAbsolutePath().normalize();
  private static final int PATIENCE_MINUTES = 5;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Headers 5000",
        "Damages 500 500",
        "Records csv 1000",
        "Records json 1000",
        "OnlineKills file 2",
        "OnlineKills snapshot 2"
      })
  void holdsInAShortForm(String program) throws Exception {
    long seed = Long.getLong("unspool.seed", System.nanoTime() % 1_000_000);
    Path said = folder.resolve("said.txt");
    Process process = start(program + " " + seed, said);
    try {
      assertTrue(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES), () -> text(said));
      assertEquals(0, process.exitValue(), () -> text(said));
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start(String program, Path said) throws IOException {
    String[] words = program.split(" ");
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Xlog:disable",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PROGRAMS.resolve(words[0] + ".java").toString()));
    command.addAll(List.of(words).subList(1, words.length));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(Redirect.to(said.toFile()))
        .start();
  }

  private static String text(Path said) {
    try {
      return Files.readString(said);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
