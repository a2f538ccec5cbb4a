// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.data.DataException;
import dev.unspool.engine.Block;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TasksTest {
  private static final Setting TINY = new Setting(8, 2, 15, List.of(1e-3, 1e-2), 0.02, 2);

  @TempDir private Path folder;

  @Test
  void aCellLearnsEveryTaskAndComesBackFromJson() throws IOException {
    var results = new ArrayList<Result>();
    try (var tasks = Tasks.open(List.of(wave()))) {
      tasks.learn(Cell.GRU, TINY, results::add);
    }
    var names = results.stream().map(Result::task).toList();
    assertEquals(List.of("wave", "copy, lag 10", "adding, lags 5 to 14", "text"), names);
    for (Result result : results) {
      assertEquals(result, Result.of(result.json()));
      assertEquals(2, result.seeds().size());
      assertTrue(result.error() > 0, result.text());
      assertTrue(result.seeds().stream().allMatch(seed -> seed.updates() > 0), result.text());
    }
    String table = new ResultTable(results).markdown();
    assertTrue(table.startsWith("| cell | wave: RMSE | copy, lag 10: wrong symbols, % |"), table);
    assertTrue(table.contains("\n| gru | "), table);
    assertTrue(table.contains("| guessing 87.5 | always 1: 0.167 |"), table);
    assertEquals(4, table.lines().count(), table);
  }

  @Test
  void weightsThatKnowNothingGuess() {
    var task = new CopyingTask();
    var network = task.network(Cell.LSTM, 8);
    double wrong = task.test(network, network.initialise(new SplitMix64(1)));
    assertEquals(87.5, wrong, 5);
  }

  @Test
  void theErrorOfASeriesIsInItsUnits() throws IOException {
    try (var task = SeriesTask.read(wave())) {
      var network = task.network(Cell.LSTM, 4);
      var theta = network.initialise(new SplitMix64(1));
      Arrays.fill(theta.values(), 0); // it says the mean
      assertEquals(100 / Math.sqrt(2), task.test(network, theta), 5);
      assertTrue(task.reference().startsWith("the value of before "), task.reference());
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path missing = folder.resolve("missing.csv");
    var e = assertThrows(DataException.class, () -> Tasks.open(List.of(missing)));
    assertTrue(e.toString().contains("missing.csv"), e.toString());
  }

  @Test
  void anOpeningIsAsLongAsItSays() {
    try (var opening = new Opening(new CopyingTask().training(2, 1), 40)) {
      var block = Block.allocate(32, 2, 1, 1);
      assertEquals(32, opening.read(block, 32));
      float first = block.inputs().get(0, 1, 0);
      assertEquals(8, opening.read(block, 32));
      assertEquals(0, opening.read(block, 32));
      opening.rewind();
      assertEquals(32, opening.read(block, 32));
      assertEquals(first, block.inputs().get(0, 1, 0));
    }
  }

  @Test
  void figuresHaveThreeDigits() {
    assertEquals("0.000123", Figures.of(1.234e-4));
    assertEquals("12.3", Figures.of(12.34));
    assertEquals("12346", Figures.of(12345.6));
    assertEquals("0", Figures.of(1e-9));
    assertEquals("diverged", Figures.of(Double.NaN));
  }

  /** A sine of amplitude 100 around 1000. */
  private Path wave() throws IOException {
    String rows =
        IntStream.range(0, 500)
            .mapToObj(t -> "%s,%s".formatted(t, 1000 + 100 * Math.sin(t / 5.0)))
            .collect(Collectors.joining("\n", "t,value\n", "\n"));
    return Files.writeString(folder.resolve("wave.csv"), rows);
  }
}
