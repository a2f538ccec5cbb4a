// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures in a JVM of its own, started like this one but pinned to its processors. One for each
 * shape: what the compiler has learnt from one shape, such as which tiles occur, would make it
 * compile the next one differently.
 *
 * @param pinning the processors
 */
record OwnJvm(Pinning pinning) {
  /** Measure in this JVM, which was started for it, and answer with JSON. */
  static final String IN_PLACE = "--in-place";

  /**
   * Measures one shape.
   *
   * @param options of {@code bench}, for one shape
   * @throws IOException if the other JVM fails; it has said why on standard error
   */
  Row measure(List<String> options) throws IOException {
    return Row.of(ask(options).getAsJsonArray("rows").get(0).getAsJsonObject());
  }

  /**
   * Has something measured.
   *
   * @param options of {@code bench}, with which it answers with JSON
   * @throws IOException if the other JVM fails; it has said why on standard error
   */
  JsonObject ask(List<String> options) throws IOException {
    List<String> command = command(options);
    Process process =
        start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
    try (var output = process.getInputStream()) {
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      await(process, options);
      return JsonParser.parseString(said).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException("%s answered with something else than JSON".formatted(command), e);
    } finally {
      process.destroy();
    }
  }

  /**
   * Measures what prints itself.
   *
   * @param options of {@code bench}
   * @throws IOException if the other JVM fails; it has said why on standard error
   */
  void run(List<String> options) throws IOException {
    Process process = start(new ProcessBuilder(command(options)).inheritIO());
    try {
      await(process, options);
    } finally {
      process.destroy();
    }
  }

  /** How the other JVM is started. */
  List<String> command(List<String> options) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("--class-path");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.add(IN_PLACE);
    if (!pinning.processors().isEmpty()) {
      command.addAll(List.of("--processors", Processors.list(pinning.processors())));
    }
    command.addAll(options);
    return pinning.command(command);
  }

  /** It ends with this JVM at the latest: else it would take a processor from the next one. */
  private static Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    var hook = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(hook);
    process.onExit().thenRun(() -> forget(hook));
    return process;
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // This JVM ends.
    }
  }

  private static void await(Process process, List<String> options) throws IOException {
    try {
      int status = process.waitFor();
      if (status == Stdout.READER_IS_GONE) {
        throw Stdout.gone();
      }
      if (status != 0) {
        throw new IOException(
            "%s could not be measured: its JVM ended with status %s".formatted(options, status));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while measuring", e);
    }
  }
}
