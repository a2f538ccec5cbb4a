// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.succeeds;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.unspool.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A NARX model that was fitted, trained by backpropagation, and fitted again. */
final class PlantTrainingTest {
  @TempDir Path folder;
  Path table = Path.of("");
  Path fit = Path.of("");
  Path trained = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyPlant.table(folder.resolve("plant.csv"), 400, 3);
    fit = folder.resolve("plant-fit");
    trained = folder.resolve("trained");
  }

  private void fit(String options) {
    Object[] words = {"fit", "--csv", table, "--input", "u", "--target", "y", "--out", fit};
    succeeds(changed(TinyData.changed(words, "--hidden 4 --starts 1 --iterations 1"), options));
  }

  private CommandRun train(String options) {
    Object[] words = {"train", "--from", fit, "--out", trained, "--json"};
    words = TinyData.changed(words, "--epochs 30 --k1 10 --k2 20 --lr 0.01");
    return succeeds(changed(words, options));
  }

  private static Object[] changed(Object[] words, String options) {
    return options.isEmpty() ? words : TinyData.changed(words, options);
  }

  private static double rmse(JsonObject figures, String part) {
    return figures.getAsJsonObject(part).get("rmse").getAsDouble();
  }

  private static double rmse(Path run) {
    return rmse(succeeds("evaluate", run, "--json").json(), "valid");
  }

  private static JsonObject config(Path run) throws IOException {
    return CommandRun.json(Files.readString(run.resolve("config.json")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--input u,v --target y,z --training series-parallel",
        "--initial estimated --normalise robust",
        "--initial zero --normalise rms",
        "--cell gru --hidden 3 --output-delays 1 --warm-up 7",
        "--internal-delays 1 --output-delays 1,2 --warm-up 5 --hidden 3,2",
      })
  void trainingGoesOnWhereAFitEndedAndAFitFinishesIt(String options) throws IOException {
    fit(options);
    JsonObject begun = succeeds("evaluate", fit, "--json").json();
    JsonObject figures = train("").json();
    assertEquals(figures.get("valid"), succeeds("evaluate", trained, "--json").json().get("valid"));
    assertEquals(config(fit).get("narx"), config(trained).get("narx"));
    assertEquals(config(fit).get("csv"), config(trained).get("csv"), "scales and parts are kept");
    assertTrue(Files.exists(trained.resolve("forecast.png")));
    assertEquals(
        Safetensors.read(fit.resolve("best.safetensors")).tensors().keySet(),
        Safetensors.read(trained.resolve("best.safetensors")).tensors().keySet());
    String info = succeeds("info", trained).out();
    assertTrue(info.contains("from        " + fit), info);
    assertTrue(info.contains("TBPTT(10, 20)") && info.contains("free runs   "), info);
    assertTrue(info.contains("layer0.") || info.contains("_l0"), "equations: " + info);
    Path finished = folder.resolve("trained-fit");
    CommandRun further = succeeds("fit", "--from", trained, "--iterations", "20");
    assertTrue(further.err().contains("from the weights of " + trained), further.err());
    assertEquals(20, config(finished).getAsJsonObject("fitting").get("k2").getAsInt());
    if (!options.contains("--target")) {
      double after = rmse(trained);
      assertTrue(after < rmse(begun, "valid"), () -> "trained " + after + ": " + begun);
      double last = rmse(finished);
      assertTrue(last < after, () -> "finished " + last + " after " + after);
    }
    succeeds("train", "--from", finished, "--epochs", "1");
  }

  @Test
  void withNoRateToSpeakOfNothingChanges() {
    fit("--iterations 20");
    double before = rmse(fit);
    JsonObject figures = train("--lr 1e-12 --epochs 1").json();
    assertEquals(before, rmse(figures, "valid"), 1e-5 * before, "but for float32");
  }

  @Test
  void aRunThatIsMadeLongerIsTheSameAsOneThatWasLong() throws IOException {
    fit("");
    Path whole = folder.resolve("whole");
    train("--schedule constant --epochs 4 --out " + whole);
    train("--schedule constant --epochs 2");
    Path moved = Files.move(table, folder.resolve("moved.csv"));
    assertTrue(fails(1, "resume", trained).contains("plant.csv"));
    Path other = TinyPlant.table(folder.resolve("other.csv"), 400, 4);
    String line = fails(1, "resume", trained, "--data", other);
    assertTrue(line.contains("is not what it was when the model was begun"), line);
    succeeds("resume", trained, "--epochs", "4", "--data", moved);
    assertEquals(
        Files.readString(whole.resolve("metrics.json")),
        Files.readString(trained.resolve("metrics.json")));
    assertArrayEquals(
        FolderContent.numbers(whole.resolve("best.safetensors")),
        FolderContent.numbers(trained.resolve("best.safetensors")));
  }

  @Test
  void anotherTableInTheOldScalesOrInItsOwn() throws IOException {
    fit("");
    Path other = TinyPlant.table(folder.resolve("other.csv"), 300, 4);
    train("--csv " + other + " --valid 0.3 --epochs 1");
    JsonObject csv = config(trained).getAsJsonObject("csv");
    assertEquals(0.3, csv.getAsJsonObject("held_out").get("valid").getAsDouble());
    JsonObject kept = csv.getAsJsonObject("facts");
    JsonObject old = config(fit).getAsJsonObject("csv").getAsJsonObject("facts");
    assertEquals(old.get("mean"), kept.get("mean"));
    assertEquals(300, kept.get("rows").getAsInt());
    train("--csv " + other + " --normalise robust --force --epochs 1");
    JsonObject anew = config(trained).getAsJsonObject("csv");
    assertEquals("robust", anew.get("normalise").getAsString());
    assertNotEquals(old.get("mean"), anew.getAsJsonObject("facts").get("mean"));
  }

  @Test
  void whatDoesNotGoWithItIsSaid() {
    fit("--warm-up 200");
    Object[] words = {"train", "--from", fit, "--out", trained};
    String line = fails(2, TinyData.changed(words, "--hidden 3"));
    assertTrue(line.contains("--hidden does not go with --from: taps and layers"), line);
    line = fails(2, TinyData.changed(words, "--horizon 1"));
    assertTrue(line.contains("--horizon does not go with --from"), line);
    line = fails(1, TinyData.changed(words, "--lanes 200"));
    assertTrue(line.contains("the warm-up take the first 203"), line);
    assertFalse(Files.exists(trained.resolve("config.json")));
  }
}
