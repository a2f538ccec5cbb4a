// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.program.DoubleLoop;
import dev.unspool.program.InterpretedLoop;
import dev.unspool.program.Loop;
import dev.unspool.reference.Seeds;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random pieces: compiled ones against interpreted ones, and vectors of all widths against scalars.
 * {@code -Dunspool.seed=N} runs one case, {@code -Dunspool.cases=N} that many.
 */
final class CompiledPieceTest {
  private static final int[] UNITS = {1, 3, 4, 17, 64, 100, 200};

  static LongStream seeds() {
    return Seeds.of(70);
  }

  private static RandomPiece random(long seed) {
    var random = new Random(seed);
    int groups = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
    return new RandomPiece(seed, groups, UNITS[(int) (seed % UNITS.length)]);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void computesWhatThePieceSays(long seed) {
    RandomPiece random = random(seed);
    String what = "seed " + seed + ": " + random;
    double[][] expected = random.arrays(0);
    new InterpretedLoop(random.piece()).run(expected, random.offsets(), 0, random.rows());

    DoubleLoop twice = LoopCompiler.compileDouble(random.piece());
    double[][] doubles = random.arrays(twice.scratch());
    twice.run(doubles, random.offsets(), 0, random.rows());

    Loop single = LoopCompiler.compile(random.piece());
    float[][] floats = RandomPiece.floats(random.arrays(single.scratch()));
    single.run(floats, random.offsets(), 0, random.rows());

    for (int i = 0; i < random.piece().arrays(); i++) {
      for (int j = 0; j < expected[i].length; j++) {
        double value = expected[i][j];
        String where = what + "array " + i + "[" + j + "]";
        assertEquals(value, doubles[i][j], 1e-11 * (1 + Math.abs(value)), where);
        assertEquals(value, floats[i][j], 2e-4 * (1 + Math.abs(value)), where);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void hasTheSameBitsOnVectorsOfAllWidths(long seed) {
    RandomPiece random = random(seed);
    float[][] floats = null;
    double[][] doubles = null;
    for (int bits : Widths.all()) {
      String what = bits + " bits, seed " + seed + ": " + random;
      Loop single = LoopCompiler.compile(random.piece(), bits);
      float[][] ofThese = RandomPiece.floats(random.arrays(single.scratch()));
      single.run(ofThese, random.offsets(), 0, random.rows());
      DoubleLoop twice = LoopCompiler.compileDouble(random.piece(), bits);
      double[][] alsoOfThese = random.arrays(twice.scratch());
      twice.run(alsoOfThese, random.offsets(), 0, random.rows());
      if (floats == null || doubles == null) {
        floats = ofThese;
        doubles = alsoOfThese;
      }
      for (int i = 0; i < floats.length; i++) {
        assertArrayEquals(floats[i], ofThese[i], what);
        assertArrayEquals(doubles[i], alsoOfThese[i], what);
      }
    }
  }
}
