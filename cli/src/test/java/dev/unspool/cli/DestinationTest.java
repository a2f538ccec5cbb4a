// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command writes where it is told to, but never over what it reads. */
final class DestinationTest {
  @TempDir Path folder;
  private Path table = Path.of("");
  private Path run = Path.of("");

  @BeforeEach
  void train() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
    succeeds(TinyData.driven(table, run));
  }

  private List<Object[]> drawing(Path png) throws IOException {
    Path other = folder.resolve("other");
    if (!Files.exists(other)) {
      succeeds(quick("train", "--csv", table, "--target", "wave", "--out", other));
    }
    return List.of(
        new Object[] {"forecast", run, "--steps", 1, "--plot", png},
        new Object[] {"simulate", "--model", run, "--csv", table, "--plot", png},
        new Object[] {"compare", run, other, "--plot", png});
  }

  @Test
  void aPictureIsAPng() throws IOException {
    for (String name : List.of("p.svg", "p", "table.csv", "png")) {
      byte[] before = Files.readAllBytes(table);
      for (Object[] command : drawing(folder.resolve(name))) {
        says(fails(2, command), "--plot", name, "a name that ends with .png");
      }
      assertArrayEquals(before, Files.readAllBytes(table));
    }
    for (Object[] command : drawing(folder.resolve("P.PNG"))) {
      succeeds(command);
      assertTrue(Files.size(folder.resolve("P.PNG")) > 1000);
      succeeds(command); // an earlier one may be drawn over
    }
  }

  @Test
  void aPictureIsNotDrawnOverWhatIsRead() throws IOException {
    Path own = Files.createSymbolicLink(folder.resolve("own.png"), table);
    Path hard = Files.createLink(folder.resolve("hard.png"), table);
    Path csv = Files.copy(table, folder.resolve("newer.png"));
    Path future = Files.writeString(folder.resolve("future.png"), "force\n1\n2\n3\n");
    Path config = Files.createSymbolicLink(folder.resolve("c.png"), run.resolve("config.json"));
    for (Path png : List.of(own, hard, config)) {
      for (Object[] command : drawing(png)) {
        if (png == config || !command[0].equals("compare")) {
          says(fails(2, command), "--plot " + png, "would be written over");
        }
      }
    }
    says(
        fails(2, "forecast", run, "--steps", 1, "--csv", csv, "--plot", csv),
        "would be written over");
    says(
        fails(2, "forecast", run, "--steps", 4, "--future", future, "--plot", future),
        "would be written over");
    says(fails(2, "simulate", "--model", run, "--csv", csv, "--plot", csv), "would be written");
    assertEquals(Files.readString(table), Files.readString(csv));
    succeeds("forecast", run, "--plot", run.resolve("forecast.png"), "--steps", 1);
  }

  @Test
  void anExportIsNotWrittenOverWhatIsRead() throws IOException {
    var files = new ArrayList<Path>(List.of(table));
    try (Stream<Path> all = Files.walk(run)) {
      all.filter(Files::isRegularFile).forEach(files::add);
    }
    for (Path file : files) {
      byte[] before = Files.readAllBytes(file);
      says(fails(2, "export", run, "--onnx", file), "--onnx " + file, "would be written over");
      assertArrayEquals(before, Files.readAllBytes(file));
    }
    Path onnx = run.resolve("model.onnx");
    succeeds("export", run, "--onnx", onnx);
    succeeds("export", run, "--onnx", onnx);
  }

  @Test
  void aPictureThatCannotBeMadeIsSaidToBeOne() {
    Path nowhere = folder.resolve("nowhere").resolve("p.png");
    CommandRun forecast = CommandRun.of("forecast", run, "--steps", 1, "--plot", nowhere);
    assertEquals(1, forecast.status());
    says(
        forecast.err(),
        "unspool: could not write the picture " + nowhere + ": its folder does not exist");
  }

  @Test
  void whatIsExportedIsNamedAsJson() {
    String file = run.resolve("forecaster.json").toString();
    var both =
        succeeds(
            "export", run, "--forecaster", "--onnx", folder.resolve("m.onnx"), "--raw", "--json");
    assertEquals(file, both.json().get("forecaster").getAsString());
    assertEquals(folder.resolve("m.onnx").toString(), both.json().get("file").getAsString());
    CommandRun alone = succeeds("export", run, "--forecaster", "--json");
    assertEquals(file, alone.json().get("forecaster").getAsString());
    assertFalse(alone.json().has("file"), alone::toString);
    assertEquals("", succeeds("export", run, "--forecaster").out());
  }
}
