// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.JsonObject;
import dev.unspool.bench.scaling.Bandwidth;
import dev.unspool.bench.scaling.Curve;
import dev.unspool.bench.scaling.Floor;
import dev.unspool.bench.scaling.Measured;
import dev.unspool.bench.scaling.ScalingPicture;
import dev.unspool.bench.scaling.ScalingTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench --scaling}: measures every point in a JVM of its own, once if several curves meet
 * there.
 *
 * @param processors that may be used; empty where the system does not tell them
 * @param seconds of measuring for each point
 * @param format of the output
 * @param picture that is drawn, if one is
 */
record ScalingRun(
    List<Integer> processors, double seconds, Output.Format format, @Nullable Path picture) {
  private static final String BANDWIDTH = "bandwidth";

  /**
   * So many that the JVM's compiler works beside the only thread: warming up takes half as long.
   */
  private static final int FEWEST_PROCESSORS = 2;

  /** Seconds that every size is met often enough in, however few are asked for. */
  private static final double OFTEN = 1;

  /**
   * Measures and prints all of it.
   *
   * @param options with which {@code bench} measures a point in place
   * @throws IOException if the picture cannot be written, before anything is measured
   */
  void run(Function<Curve.Point, List<String>> options) throws IOException {
    if (picture != null) {
      requireWritable(picture);
    }
    int most =
        processors.isEmpty() ? Runtime.getRuntime().availableProcessors() : processors.size();
    OwnJvm one = jvm(1);
    var output = new Output(System.out, format, 1, one.pinning());
    output.begin();
    var bandwidth =
        Bandwidth.of(
            one.ask(List.of("--scaling", "--seconds", Double.toString(seconds)))
                .getAsJsonArray(BANDWIDTH));
    output.bandwidth(bandwidth);
    var table = new ScalingTable();
    var rows = new HashMap<List<String>, Row>();
    for (Curve curve : Curve.all(most)) {
      for (Curve.Point point : curve.points()) {
        List<String> asked = options.apply(point);
        Row row = rows.get(asked);
        if (row == null) {
          row = jvm(point.threads()).measure(asked);
          rows.put(asked, row);
        }
        var measured = new Measured(curve, point, row, Floor.of(row, point.threads(), bandwidth));
        table.add(measured);
        output.point(measured, System.err);
      }
    }
    output.end(table, bandwidth);
    if (picture != null) {
      ScalingPicture.draw(picture, table);
    }
  }

  private static void requireWritable(Path png) throws IOException {
    try {
      Files.newOutputStream(png, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    } catch (IOException e) {
      throw new IOException(
          "the picture %s cannot be written (%s); name a file in a folder that can be written to"
              .formatted(png, e.getClass().getSimpleName()),
          e);
    }
  }

  /** One thread gets two processors as well: there are no peers here that would use both. */
  private OwnJvm jvm(int threads) {
    int wide = Math.min(Math.max(threads, FEWEST_PROCESSORS), processors.size());
    return new OwnJvm(Pinning.of(wide, processors.subList(0, wide)));
  }

  /** What the JVM that is asked for it in {@link #run} answers. */
  static JsonObject reading(double seconds) throws IOException {
    var speeds = new JsonObject();
    double enough = Math.max(seconds, OFTEN);
    var measured = Bandwidth.measure(new WarmUp(enough), enough, Bandwidth.LARGEST);
    speeds.add(BANDWIDTH, measured.json());
    return speeds;
  }
}
