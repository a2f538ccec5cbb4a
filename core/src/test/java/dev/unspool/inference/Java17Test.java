// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.predict.Forecaster;
import dev.unspool.predict.StepEngine;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service needs runs on Java 17, with nothing beside it. */
final class Java17Test {
  /** A service in small: rows come in, predictions go out, as bits. */
  private static final String PROGRAM =
      """
      import dev.unspool.predict.Forecaster;
      import java.nio.file.Path;
      import java.time.Instant;

      public final class Small {
        public static void main(String[] args) throws Exception {
          System.out.println(Runtime.version().feature());
          Forecaster forecaster = Forecaster.load(Path.of(args[0]));
          forecaster.future("holiday", 0, 0, 0);
          for (int t = 0; t < 40; t++) {
            forecaster.future("holiday", t % 24 < 3 ? 1 : 0);
            Instant time = Instant.parse("2024-01-01T00:00:00Z").plusSeconds(3600L * t);
            double load = t % 5 == 4 ? Double.NaN : 3000 + t * t % 17;
            System.out.println(
                Double.doubleToLongBits(forecaster.step(time, load, 10 + t % 3, 0).value()));
          }
          System.out.println(
              Double.doubleToLongBits(forecaster.forecast(1).get(0).value()));
          byte[] saved = forecaster.save();
          Forecaster again = forecaster.fresh();
          again.restore(saved);
          System.out.println(Double.doubleToLongBits(again.forecast(1).get(0).value()));
        }
      }
      """;

  @TempDir Path folder;

  private static Path predict() throws URISyntaxException {
    return Path.of(Forecaster.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** The home of a Java 17 on this machine, by what its file "release" says; null if none is. */
  private static @Nullable Path java17() throws IOException {
    var places = new ArrayList<Path>();
    for (String variable : List.of("JAVA17_HOME", "JAVA_HOME_17_X64", "JAVA_HOME")) {
      if (System.getenv(variable) != null) {
        places.add(Path.of(System.getenv(variable)));
      }
    }
    for (String place :
        List.of(
            "/usr/lib/jvm", "/usr/lib64/jvm", "/opt/java", "/Library/Java/JavaVirtualMachines")) {
      if (Files.isDirectory(Path.of(place))) {
        try (Stream<Path> homes = Files.list(Path.of(place))) {
          homes
              .flatMap(home -> Stream.of(home, home.resolve("Contents/Home")))
              .forEach(places::add);
        }
      }
    }
    for (Path place : places) {
      Path release = place.resolve("release");
      if (Files.isReadable(release)
          && Files.isExecutable(place.resolve("bin/java"))
          && Files.readString(release).contains("JAVA_VERSION=\"17.")) {
        return place;
      }
    }
    return null;
  }

  @Test
  void anOlderJavaSaysTheSame() throws Exception {
    Path home = java17();
    if (home == null) {
      Assumptions.abort("no Java 17 was found here; set JAVA17_HOME to have it tried");
    }
    RunOnDisk.write(folder.resolve("run"), "loads", 3, RunOnDisk.features(), RunOnDisk.outputs(1));
    Path source = Files.writeString(folder.resolve("Small.java"), PROGRAM);
    String compiled =
        output(
            Path.of(System.getProperty("java.home"), "bin", "javac"),
            "--release",
            "17",
            "-cp",
            predict().toString(),
            "-d",
            folder.toString(),
            source.toString());
    assertEquals("", compiled);
    List<String> lines =
        output(
                home.resolve("bin/java"),
                "-cp",
                folder + File.pathSeparator + predict(),
                "Small",
                folder.resolve("run").toString())
            .lines()
            .toList();
    assertEquals("17", lines.getFirst());
    Forecaster here = Forecaster.load(folder.resolve("run"), StepEngine.PLAIN);
    here.future("holiday", 0, 0, 0);
    double next = 0;
    for (int t = 0; t < 40; t++) {
      here.future("holiday", t % 24 < 3 ? 1 : 0);
      double load = t % 5 == 4 ? Double.NaN : 3000 + t * t % 17;
      next = here.step(RunOnDisk.AXIS.at(t), load, 10 + t % 3, 0).value();
      assertSame(next, lines.get(1 + t));
    }
    assertSame(next, lines.get(41));
    assertSame(next, lines.get(42));
  }

  /** Elementary functions may differ in their last bit from one JVM to the other. */
  private static void assertSame(double expected, String bits) {
    double found = Double.longBitsToDouble(Long.parseLong(bits));
    assertEquals(expected, found, 1e-9 * Math.abs(expected));
  }

  private static String output(Path program, String... words) throws Exception {
    var command = new ArrayList<String>(List.of(program.toString()));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), said);
    return said;
  }

  @Test
  void itNeedsNothingButTheBaseOfJava() throws Exception {
    Path jdeps = Path.of(System.getProperty("java.home"), "bin", "jdeps");
    String said =
        output(
            jdeps,
            "--ignore-missing-deps",
            "--print-module-deps",
            "--multi-release",
            "17",
            predict().toString());
    assertEquals("java.base", said.strip());
    try (var file =
        Objects.requireNonNull(Forecaster.class.getResourceAsStream("Forecaster.class"))) {
      byte[] bytes = file.readNBytes(8);
      assertTrue(bytes[7] <= 61, "class files of Java 17 have the version 61, found " + bytes[7]);
    }
  }
}
