// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Another JVM, for tests that look at what compiled methods do: there, a call waits until a method
 * that is to be compiled is ({@code -Xbatch}), so that after so many calls everything is compiled,
 * however busy the machine, and nothing that other tests have run has a say in what the compiler
 * makes of it. Kernels and vectors are those of this run of the suite ({@link TestedWidth}).
 */
public final class BatchJvm {
  private BatchJvm() {}

  /**
   * Runs a program to its end, which must be a good one.
   *
   * @param program its class, on this JVM's class path
   * @param messages where what it writes to its standard error goes; null: to that of the tests
   * @param options more of the JVM's
   * @return the lines that it has printed
   */
  public static List<String> run(Class<?> program, @Nullable Path messages, String... options)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules=jdk.incubator.vector", "-XX:+UseSerialGC", "-Xbatch"));
    command.addAll(List.of(options));
    command.add("-Dunspool.kernels=" + System.getProperty("unspool.kernels", ""));
    command.add("-Dunspool.vectorBits=" + TestedWidth.bits());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    if (messages != null) {
      builder.redirectError(messages.toFile());
    }
    Process process = builder.start();
    String output;
    try (var stream = process.getInputStream()) {
      output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    int status = process.waitFor();
    String told = messages == null ? output : output + Files.readString(messages);
    assertEquals(0, status, told);
    return output.lines().toList();
  }

  /**
   * Runs a program that prints lines that end with a number behind a colon.
   *
   * @return these numbers, by what stands before the colon, in their order
   */
  public static SequencedMap<String, Double> numbers(Class<?> program)
      throws IOException, InterruptedException {
    var numbers = new LinkedHashMap<String, Double>();
    for (String line : run(program, null)) {
      int colon = line.lastIndexOf(": ");
      numbers.put(line.substring(0, colon), Double.valueOf(line.substring(colon + 2)));
    }
    return numbers;
  }
}
