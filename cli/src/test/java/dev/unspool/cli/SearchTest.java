// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.changed;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SearchTest {
  @TempDir Path folder;
  Path found = Path.of("");
  Path table = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    found = folder.resolve("found");
  }

  /** A search; words with blanks in them are given apart. */
  private Object[] search(String tried, String options) {
    Object[] words = {
      "search", "--csv", table, "--target", "wave", "--out", found, "--k1", "5", "--k2", "10"
    };
    words = changed(words, "--lanes 2 --epochs 4 --halving 2 --final-seeds 2");
    if (!options.isEmpty()) {
      words = changed(words, options);
    }
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--try", tried));
    return all.toArray();
  }

  private JsonObject file() throws IOException {
    return CommandRun.json(Files.readString(found.resolve("search.json")));
  }

  private List<JsonObject> trials() throws IOException {
    return file().getAsJsonArray("trials").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private static double loss(JsonObject trial, int rung) {
    return trial
        .getAsJsonArray("rungs")
        .get(rung)
        .getAsJsonObject()
        .get("validation")
        .getAsDouble();
  }

  private static List<Integer> epochs(JsonObject trial) {
    return trial.getAsJsonArray("rungs").asList().stream()
        .map(rung -> rung.getAsJsonObject().get("epochs").getAsInt())
        .toList();
  }

  @Test
  void theBetterHalfGoesOnForTwiceAsLong() throws IOException {
    CommandRun run = succeeds(search("hidden=4,8 lr=0.001,0.003", ""));
    List<JsonObject> trials = trials();
    assertEquals(4, trials.size(), "all combinations");
    assertEquals(
        1, trials.stream().filter(trial -> epochs(trial).equals(List.of(1, 2, 4))).count());
    assertEquals(1, trials.stream().filter(trial -> epochs(trial).equals(List.of(1, 2))).count());
    assertEquals(2, trials.stream().filter(trial -> epochs(trial).equals(List.of(1))).count());
    double worstKept =
        trials.stream()
            .filter(t -> epochs(t).size() > 1)
            .mapToDouble(t -> loss(t, 0))
            .max()
            .orElseThrow();
    double bestDropped =
        trials.stream()
            .filter(t -> epochs(t).size() == 1)
            .mapToDouble(t -> loss(t, 0))
            .min()
            .orElseThrow();
    assertTrue(worstKept <= bestDropped, trials::toString);
    int winner = file().get("winner").getAsInt();
    assertEquals(List.of(1, 2, 4), epochs(trials.get(winner - 1)));
    assertTrue(run.out().contains("the best is trial " + winner), run::toString);
    assertTrue(run.out().contains("test rmse "), run::toString);
    assertTrue(run.out().contains(" ± "), run::toString);
    List<String> csv = Files.readAllLines(found.resolve("search.csv"));
    assertEquals("trial,hidden,lr,epochs,validation_loss,lost", csv.getFirst());
    assertEquals(5, csv.size());
    assertTrue(csv.get(1).startsWith(winner + ","), csv::toString);
    // The winner stands for the best of its seeds, and a trial is an ordinary run.
    succeeds("forecast", found.resolve("winner"), "--steps", "3");
    CommandRun info = succeeds("info", found.resolve("winner/seed-2"));
    assertTrue(info.out().contains("test RMSE"), info::toString);
    succeeds("resume", found.resolve("trial-" + (winner == 1 ? 2 : 1)));
  }

  @Test
  void whatOneOfTheTriedCoursesReadsIsGivenToAll() throws IOException {
    succeeds(search("schedule=cosine,constant", "--warm-up 5"));
    assertEquals(2, trials().size());
    found = folder.resolve("steps");
    succeeds(search("schedule=step,constant decay-factor=2,4", "--final-seeds 0"));
    assertEquals(4, trials().size());
    found = folder.resolve("idle");
    says(
        fails(2, search("schedule=step,constant", "--warm-up 5")),
        "--warm-up is for --schedule cosine");
    says(
        fails(2, search("schedule=cosine,constant decay-factor=2,4", "")),
        "--decay-factor is for --schedule step");
    says(fails(2, search("hidden=2,3", "--decay-after 2")), "--decay-after is for --schedule step");
  }

  /** Epoch by epoch or at once, a trial is the same. */
  @Test
  void aTrialIsTheRunThatTrainWouldMake() throws IOException {
    succeeds(search("hidden=4,8", "--final-seeds 0"));
    int winner = file().get("winner").getAsInt();
    Object[] words = quick("train", "--csv", table, "--target", "wave", "--threads", "1");
    Path alone = folder.resolve("alone");
    succeeds(changed(words, "--epochs 4 --hidden %s --out %s".formatted(4 * winner, alone)));
    Path trial = found.resolve("trial-" + winner);
    assertArrayEquals(
        FolderContent.numbers(alone.resolve("best.safetensors")),
        FolderContent.numbers(trial.resolve("best.safetensors")));
    assertEquals(-1, Files.mismatch(alone.resolve("metrics.json"), trial.resolve("metrics.json")));
  }

  @Test
  void whatIsDrawnAndFoundDependsOnTheSeedAndNotOnHowManyRunAtATime() throws IOException {
    String tried = "lr=1e-4..1e-2 hidden=4..16 dropout=0..0.5 layers=1,2";
    succeeds(search(tried, "--trials 4 --parallel 1 --final-seeds 0"));
    List<JsonObject> one = trials();
    assertEquals(4, one.size());
    for (JsonObject trial : one) {
      JsonObject options = trial.getAsJsonObject("options");
      double rate = options.get("--lr").getAsDouble();
      assertTrue(rate >= 1e-4 && rate <= 1e-2, trial::toString);
      int hidden = options.get("--hidden").getAsInt();
      assertTrue(hidden >= 4 && hidden <= 16, trial::toString);
    }
    found = folder.resolve("other");
    succeeds(search(tried, "--trials 4 --parallel 3 --final-seeds 0"));
    assertEquals(one, trials());
    found = folder.resolve("another");
    succeeds(search(tried, "--trials 4 --seed 2 --final-seeds 0"));
    assertFalse(
        trials().stream()
            .anyMatch(trial -> one.get(0).get("options").equals(trial.get("options"))));
  }

  @Test
  void whatWasCutOffGoesOnAndIsNotDoneAgain() throws IOException {
    succeeds(search("hidden=4,6,8", ""));
    JsonObject whole = file();
    String csv = Files.readString(found.resolve("search.csv"));
    // As if it had been killed in the second rung: what came after it is not known, and a trial
    // that
    // has not been written down as trained is.
    int winner = whole.get("winner").getAsInt();
    JsonObject cut = whole.deepCopy();
    cut.remove("crc32c");
    cut.remove("winner");
    cut.add("figures", new JsonObject());
    cut.getAsJsonArray("trials")
        .get(winner - 1)
        .getAsJsonObject()
        .getAsJsonArray("rungs")
        .remove(1);
    Files.writeString(found.resolve("search.json"), cut.toString());
    FolderContent.delete(found.resolve("winner/seed-3"));
    Path idle = found.resolve("trial-%s/metrics.jsonl".formatted(winner == 1 ? 2 : 1));
    var before = Files.getLastModifiedTime(idle);
    CommandRun again = succeeds(search("hidden=4,6,8", "--parallel 1"));
    assertEquals(whole, file());
    assertEquals(csv, Files.readString(found.resolve("search.csv")));
    assertEquals(before, Files.getLastModifiedTime(idle), "it was not trained again");
    assertTrue(again.err().contains("hidden=" + (2 + 2 * winner)), again::toString);
    // Whoever asks once more gets the answer.
    assertEquals(again.out(), succeeds(search("hidden=4,6,8", "")).out());
  }

  @Test
  void aSearchThatIsKilledFindsTheSame() throws Exception {
    String tried = "hidden=4,6,8,10 lr=0.001,0.003";
    succeeds(search(tried, ""));
    JsonObject whole = file();
    String csv = Files.readString(found.resolve("search.csv"));
    found = folder.resolve("killed");
    String said = "";
    for (int trials : new int[] {3, 10}) {
      Process process = CommandProcess.start(search(tried, "--parallel 2"));
      try (BufferedReader err = process.errorReader()) {
        int done = 0;
        for (String line = err.readLine(); line != null; line = err.readLine()) {
          if (line.contains("validation loss") && ++done == trials) {
            if (trials == 3) {
              process.toHandle().destroy();
            } else {
              process.toHandle().destroyForcibly();
            }
          }
          said += line;
        }
        process.waitFor();
        assertTrue(done < 14, "it was killed before its end");
      } finally {
        process.destroyForcibly();
      }
    }
    says(said, "Stopped; the same command goes on where it was");
    says(fails(1, "resume", found), "the folder of a search", "its own command");
    succeeds(search(tried, ""));
    assertEquals(whole.get("trials"), file().get("trials"));
    assertEquals(whole.get("figures"), file().get("figures"));
    assertEquals(csv, Files.readString(found.resolve("search.csv")));
  }

  @Test
  void whatCannotBeWrittenIsSaid() throws IOException {
    Files.createDirectories(found.resolve("search.json"));
    says(fails(1, search("hidden=4,8", "")), "search.json");
  }

  @Test
  void aTrialThatDivergesIsLostAndNotTheSearch() throws IOException {
    CommandRun run =
        succeeds(
            search("lr=0.003,1e30", "--optimizer sgd --clip 0 --final-seeds 0 --predict level"));
    List<JsonObject> lost = trials().stream().filter(trial -> trial.has("lost")).toList();
    assertEquals(1, lost.size(), run::toString);
    assertEquals("1e30", lost.getFirst().getAsJsonObject("options").get("--lr").getAsString());
    says(run.out(), "trial 2 is lost: ", "the best is trial 1");
    says(run.err(), "trial 2 (lr=1e30) is lost");
  }

  @Test
  void whereAllTrialsDivergeItIsSaid() {
    CommandRun run =
        CommandRun.of(search("lr=1e29,1e30", "--optimizer sgd --clip 0 --predict level"));
    assertEquals(1, run.status(), run::toString);
    says(run.err(), "all trials are lost, the first since");
  }

  /** The file of a search that has ended, as if a trial had diverged after its first rung. */
  private JsonObject lostAfterTheFirstRung(int number) throws IOException {
    JsonObject cut = file();
    cut.remove("crc32c");
    JsonObject trial = cut.getAsJsonArray("trials").get(number - 1).getAsJsonObject();
    trial.getAsJsonArray("rungs").asList().subList(1, epochs(trial).size()).clear();
    trial.addProperty("lost", "training diverged");
    return cut;
  }

  @Test
  void whereAllThatWentOnAreLostTheNextBestGoOn() throws IOException {
    succeeds(search("hidden=4,8", "--final-seeds 0"));
    int winner = file().get("winner").getAsInt();
    JsonObject cut = lostAfterTheFirstRung(winner);
    cut.remove("winner");
    Files.writeString(found.resolve("search.json"), cut.toString());
    CommandRun run = succeeds(search("hidden=4,8", "--final-seeds 0"));
    int other = 3 - winner;
    says(run.err(), "What went on from rung 1 is lost; the next best go on");
    says(run.out(), "trial %s is lost".formatted(winner), "the best is trial " + other);
    assertEquals(List.of(2), epochs(trials().get(winner - 1)));
    assertEquals(List.of(2, 4), epochs(trials().get(other - 1)));
    JsonObject whole = file();
    assertEquals(run.out(), succeeds(search("hidden=4,8", "--final-seeds 0")).out());
    assertEquals(whole, file());
  }

  @Test
  void aTrialThatIsLostLaterStillWentOnInPlaceOfOthers() throws IOException {
    succeeds(search("hidden=4,6,8,10", "--final-seeds 0"));
    int winner = file().get("winner").getAsInt();
    int second =
        trials().stream()
            .filter(trial -> epochs(trial).equals(List.of(1, 2)))
            .findFirst()
            .orElseThrow()
            .get("number")
            .getAsInt();
    for (boolean ended : new boolean[] {true, false}) {
      JsonObject cut = lostAfterTheFirstRung(second);
      if (!ended) {
        cut.remove("winner");
      }
      Files.writeString(found.resolve("search.json"), cut.toString());
      succeeds(search("hidden=4,6,8,10", "--final-seeds 0"));
      assertEquals(cut.get("trials"), file().get("trials"), "no other trial takes its place");
      assertEquals(winner, file().get("winner").getAsInt());
    }
  }

  @Test
  void trialsWhoseLossesAreOfDifferentThingsAreRefused() throws IOException {
    String tried = "input=wave|force";
    String line = fails(2, search(tried, ""));
    says(line, "with input=wave would be of the change of 'wave', 1 row ahead");
    says(line, "with input=force of 'wave', 0 rows ahead", "give --predict level and --horizon");
    says(fails(2, search(tried, "--horizon 1")), "the change of 'wave', 1 row ahead", "level");
    says(fails(2, search(tried, "--predict level")), "0 rows ahead");
    assertFalse(Files.exists(found));
    succeeds(search(tried, "--predict level --horizon 1 --final-seeds 0"));
    found = folder.resolve("both");
    succeeds(search("input=wave|wave,force", "--final-seeds 0"));
  }

  @Test
  void whatCannotBeThrownAwayLeavesTheSearchWhole() throws IOException {
    String tried = "hidden=4,6";
    succeeds(search(tried, ""));
    FolderContent before = FolderContent.of(found);
    Path foreign = Files.createDirectory(found.resolve("winner/seed-2/cell.java"));
    says(fails(1, search(tried, "--force")), "cell.java is a link or a folder");
    Files.delete(foreign);
    before.assertSame(FolderContent.of(found));
    succeeds("report", found.resolve("winner"));
    succeeds(search(tried, "--force"));
    assertFalse(Files.exists(found.resolve("winner/report.html")));
    assertEquals(before.names(), FolderContent.of(found).names());
  }

  @Test
  void noRunIsPutIntoTheFolderOfASearch() throws IOException {
    succeeds(search("hidden=4,6", "--final-seeds 0"));
    FolderContent before = FolderContent.of(found);
    Object[] words = quick("train", "--csv", table, "--target", "wave", "--out", found);
    says(fails(1, words), "is the folder of a search", "another --out");
    says(fails(1, changed(words, "--force")), "is the folder of a search");
    says(fails(1, changed(words, "--seeds 2")), "is the folder of a search");
    before.assertSame(FolderContent.of(found));
  }

  @Test
  void anotherSearchInTheSameFolderIsRefused() throws IOException {
    succeeds(search("hidden=4,6", "--final-seeds 0"));
    says(fails(1, search("hidden=4,8", "--final-seeds 0")), "holds another search", "hidden=4,6");
    succeeds(search("hidden=4,8", "--final-seeds 0 --force"));
    assertEquals("8", trials().get(1).getAsJsonObject("options").get("--hidden").getAsString());
    Path run = folder.resolve("run");
    succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    found = run;
    says(fails(1, search("hidden=4,8", "--force")), "holds a run already");
  }

  @Test
  void aTextIsSearchedToo() throws IOException {
    Path text = TinyData.text(folder);
    Object[] words = quick("search", "--text", text, "--out", found, "--try", "embedding=4,8");
    CommandRun run = succeeds(changed(words, "--test 0.2 --halving 3 --final-seeds 1"));
    says(run.out(), "test nats per token", "the best is trial");
  }

  @Test
  void whatCannotBeTriedIsRefusedBeforeAnythingRuns() {
    says(fails(2, search("hidden", "")), "--try takes name=values", "'hidden'");
    says(fails(2, search("hidden=", "")), "--try takes name=values");
    says(fails(2, search("hiden=4,8", "")), "--hiden", "has no such option");
    says(fails(2, search("hidden=4,8 hidden=2", "")), "names --hidden twice");
    says(fails(2, search("hidden=4,4", "")), "a value twice");
    says(fails(2, search("hidden=4,,8", "")), "empty");
    says(fails(2, search("hidden=4,x", "")), "--hidden", "'x' is not a whole number");
    says(fails(2, search("hidden=4..x", "")), "'x' is not a whole number");
    says(fails(2, search("hidden=4..", "")), "--hidden=4..: a range of numbers has two ends");
    says(fails(2, search("lr=..1", "")), "--lr=..1: a range of numbers has two ends");
    says(fails(2, search("calendar=hour,weekday", "")), "--calendar needs a column");
    says(fails(2, search("hidden=8..4", "")), "must go upwards");
    says(fails(2, search("lr=0.001..nan", "")), "'nan' is not a finite number");
    says(fails(2, search("lr=-1..1", "")), "--lr must be positive");
    says(fails(2, search("cell=gru..lstm", "")), "gru..lstm");
    says(fails(2, search("dropout=0.1,1", "")), "dropout");
    says(fails(2, search("residual=1", "")), "--residual", "takes no value");
    says(fails(2, search("loss=mse,huber", "")), "--loss", "validation loss");
    says(fails(2, search("horizon=1,2", "")), "--horizon", "validation loss");
    says(fails(2, search("out=a,b", "")), "--out", "no setting of a model");
    says(fails(2, search("threads=1,2", "")), "--threads", "no setting of a model");
    says(fails(2, search("k1=2,4", "")), "--k1 is given and tried");
    says(fails(2, search("seed=1,2", "--trials 0")), "--trials must be at least 1, found 0");
    says(fails(2, search("seed=1,2", "--halving 0")), "--halving must be at least 1, found 0");
    says(fails(2, search("seed=1,2", "--final-seeds -1")), "--final-seeds");
    says(fails(2, search("seed=1,2", "--parallel -1")), "--parallel");
    says(fails(2, search("seed=1,2", "--valid 0")), "--valid 0");
    says(fails(2, search("seed=1,2", "--epochs 0 --max-minutes 1")), "give --epochs");
    says(fails(2, search("optimizer=adam,adamw weight-decay=0,0.1", "")), "--weight-decay is for");
    says(fails(2, "search", "--csv", table, "--target", "wave"), "--try");
    says(fails(2, search("seed=1,2", "--target wav")), "wav");
    assertFalse(Files.exists(found.resolve("search.json")));
    assertFalse(Files.exists(found.resolve("trial-1")));
  }

  /** As its message says. */
  @Test
  void aDamagedSearchCanBeBegunAnew() throws IOException {
    succeeds(search("hidden=4,8", ""));
    Files.writeString(found.resolve("search.json"), "{");
    says(fails(1, search("hidden=4,8", "")), "search.json", "--force");
    succeeds(search("hidden=3", "--trials 1 --force"));
    assertFalse(Files.exists(found.resolve("trial-2/config.json")));
  }
}
