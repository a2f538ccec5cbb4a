// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.scaling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.unspool.bench.Row;
import dev.unspool.bench.Shape;
import dev.unspool.bench.WarmUp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is drawn beside the times is what the docs say. */
class ScalingTest {
  private static final Bandwidth TEN_AND_FOUR =
      Bandwidth.of(
          JsonParser.parseString(
                  """
                  [{"bytes": 65536, "gigabytes_per_second": 10},
                   {"bytes": 1048576, "gigabytes_per_second": 4}]""")
              .getAsJsonArray());

  private static Row row(String shape) {
    return new Row(Shape.of(shape), 100, 110, 30, 120, List.of());
  }

  @Test
  void threadsGoToWhatThereIs() {
    assertArrayEquals(new int[] {1}, Curve.threads(1).toArray());
    assertArrayEquals(new int[] {1, 2}, Curve.threads(2).toArray());
    assertArrayEquals(new int[] {1, 2, 4, 6}, Curve.threads(6).toArray());
  }

  /** What is smaller than anything measured is read as fast as the smallest. */
  @Test
  void readingIsThatOfTheNextSmallerSize() {
    assertEquals(10, TEN_AND_FOUR.at(1000));
    assertEquals(10, TEN_AND_FOUR.at(65536));
    assertEquals(10, TEN_AND_FOUR.at(1048575));
    assertEquals(4, TEN_AND_FOUR.at(1048576));
    assertEquals(4, TEN_AND_FOUR.at(1e9));
    assertEquals(10, Bandwidth.of(TEN_AND_FOUR.json()).at(1));
  }

  /**
   * An LSTM of 32 units with as many inputs has 4096 recurrent weights, 4096 of the input, two
   * times 128 biases, and 32 × 33 of the output.
   */
  @Test
  void theFloorIsTheLongerOfOperationsAndTraffic() {
    double recurrent = 4 * 4096;
    double all = 4 * (4096 + 4096 + 256 + 32 * 33);
    double update = (recurrent * 20 + 3 * all - recurrent) / 10e3;
    Floor perUpdate = Floor.of(row("h32-l1-k1-20"), 1, TEN_AND_FOUR);
    assertEquals(25, perUpdate.arithmetic(), 1e-9);
    assertEquals(update, perUpdate.traffic(), 1e-9);
    assertEquals(Math.max(25, update), perUpdate.micros());
    Floor perStep = Floor.of(row("h32-l1-k20-20"), 1, TEN_AND_FOUR);
    assertEquals((update + recurrent * 19 / 10e3) / 20, perStep.traffic(), 1e-9);
    assertEquals(0, Floor.of(row("h32-l1-k20-20"), 2, TEN_AND_FOUR).traffic());
  }

  @Test
  void readingIsMeasured() throws IOException {
    var atOnce = new WarmUp(1e-3, 1e-3, () -> 0);
    var measured = Bandwidth.measure(atOnce, 0.01, 1 << 14);
    assertTrue(measured.at(1) > 0 && measured.at(1e9) > 0, measured.text());
    assertEquals(2, measured.json().size());
    assertTrue(measured.text().startsWith("8 kB "), measured.text());
  }

  @Test
  void everyAxisHasItsTableAndItsPicture(@TempDir Path folder) throws Exception {
    var table = new ScalingTable();
    for (Curve curve : Curve.all(2)) {
      for (Curve.Point point : curve.points()) {
        Row row = new Row(point.shape(), 100.0 * point.at(), 110, 30, 120, List.of());
        var measured =
            new Measured(curve, point, row, Floor.of(row, point.threads(), TEN_AND_FOUR));
        table.add(measured);
        assertTrue(measured.text().contains(" µs a"), measured.text());
      }
    }
    String markdown = table.markdown();
    assertEquals(4, markdown.lines().filter(line -> line.startsWith("|---")).count());
    assertTrue(markdown.contains("| 1 lane, (20, 20) | 2048 | 204800 | 51200 |"), markdown);
    assertTrue(markdown.contains("| h128-l32-k20-20 | 2 | 200.0 | 50.00 |  | 25 % |"), markdown);
    Path png = folder.resolve("scaling.png");
    ScalingPicture.draw(png, table);
    var picture = ImageIO.read(png.toFile());
    assertEquals(1400, picture.getWidth());
    int[] pixels = picture.getRGB(0, 0, 1400, picture.getHeight(), null, 0, 1400);
    for (int colour : new int[] {0xffd55e00, 0xff009e73}) {
      assertTrue(
          Arrays.stream(pixels).filter(pixel -> pixel == colour).count() > 100,
          () -> "nothing is drawn in " + Integer.toHexString(colour));
    }
  }
}
