// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.predict.Forecaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the guide prints compiles and runs. */
final class ServiceGuideTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  private static String printed() throws IOException {
    String guide = Files.readString(Path.of("..", "docs", "service.md"));
    Matcher matcher = JAVA.matcher(guide);
    assertTrue(matcher.find(), guide);
    return matcher.group(1);
  }

  @Test
  void theExampleRuns() throws Exception {
    var lines = new ArrayList<String>(List.of("load,temperature"));
    for (int t = 0; t < 240; t++) {
      lines.add("%s,%s".formatted(3000 + 200 * Math.sin(t / 4.0), 10 + t % 7));
    }
    Path table = Files.write(folder.resolve("load.csv"), lines);
    Path run = folder.resolve("run");
    Object[] command = quick("train", "--csv", table, "--target", "load", "--out", run);
    succeeds(TinyData.changed(command, "--input load,temperature --horizon 1-24"));

    String body = printed().replace("runs/load", run.toString().replace("\\", "\\\\"));
    String source =
        """
        import dev.unspool.predict.*;
        import java.nio.file.Path;
        import java.util.List;

        public final class Guide {
          public static double[] run(double[][] history) throws Exception {
        %s
            Forecaster again = forecaster.fresh();
            again.restore(state);
            return new double[] {
              next, day.size(), band.lower()[0], band.upper()[0], again.forecast(1).get(0).value()
            };
          }
        }
        """
            .formatted(body);
    Path file = Files.writeString(folder.resolve("Guide.java"), source);
    var said = new ByteArrayOutputStream();
    String classes =
        Path.of(Forecaster.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, said, said, "--release", "17", "-cp", classes, file.toString());
    assertEquals(0, status, said.toString(StandardCharsets.UTF_8));
    URL[] own = {folder.toUri().toURL()};
    double[][] history = {{3000, 10}, {3050, 11}, {3100, 11.5}};
    try (var loader = new URLClassLoader(own, Forecaster.class.getClassLoader())) {
      Object result =
          loader
              .loadClass("Guide")
              .getMethod("run", double[][].class)
              .invoke(null, (Object) history);
      double[] numbers = (double[]) result;
      assertEquals(24, numbers[1]);
      assertEquals(numbers[0], numbers[4]);
      assertTrue(numbers[2] < numbers[0] && numbers[0] < numbers[3], List.of(result).toString());
    }
  }
}
