// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures a shape in a JVM of its own, started like this one: what the compiler has learnt from
 * one shape, such as which tiles occur, would make it compile the next one differently.
 */
final class OwnJvm {
  private OwnJvm() {}

  /**
   * Measures.
   *
   * @param options of {@code bench}, for one shape and without {@code --json}
   * @throws IOException if the other JVM fails; it has said why on standard error
   */
  static Row measure(List<String> options) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("--class-path");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(options);
    command.add("--json");
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var output = process.getInputStream()) {
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            "%s could not be measured: its JVM ended with status %s".formatted(options, status));
      }
      return Row.of(
          JsonParser.parseString(said)
              .getAsJsonObject()
              .getAsJsonArray("rows")
              .get(0)
              .getAsJsonObject());
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException("%s answered with something else than JSON".formatted(command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while measuring", e);
    } finally {
      process.destroy();
    }
  }
}
