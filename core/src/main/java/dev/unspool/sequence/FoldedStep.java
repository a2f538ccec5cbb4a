// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.sequence.LinearStep.Instruction;
import dev.unspool.sequence.LinearStep.Multiply;
import dev.unspool.sequence.LinearStep.Part;
import dev.unspool.sequence.LinearStep.Scale;
import dev.unspool.sequence.LinearStep.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LinearStep} for all steps of a batch that look at the same step of the sequence: its
 * coefficients are the same for all of them. So a product with what has been scaled, {@code
 * W·(a·x)}, is one with {@code W·diag(a)}, which is computed once and serves them all; and where
 * several parts are the same value scaled in several ways, as what comes back to the gates of an
 * LSTM or a GRU is, there is one product where there were several.
 *
 * <p>Values stand in a frame: for each step of the batch all slots, side by side. What is held and
 * read by such products only is in no frame.
 */
final class FoldedStep {
  /** Rows of a matrix that are folded: those of a view, times a coefficient; −1 for 1. */
  record Term(int row, int coefficient) {}

  /** A value, and which rows of the matrix act upon it. */
  record Source(View of, List<Term> terms) {}

  /** Something that is done at each step of the sequence. */
  sealed interface Task {
    /** The most lags at which it has something to do. */
    int reach();
  }

  /** A coefficient, or −1 for 1, times a view is put into a slot, or added. */
  record Put(boolean add, int slot, int from, View of, int coefficient, int reach)
      implements Task {}

  /** The same with what is held of it. */
  record Hold(boolean add, int held, int from, View of, int coefficient, int reach)
      implements Task {}

  /** A product with a view is put into a slot, or added. */
  record Product(boolean add, Part into, View of, int factor, int reach) implements Task {}

  /** The same with a matrix that is folded. */
  record Folded(boolean add, Part into, int factor, List<Source> sources, int reach)
      implements Task {}

  /**
   * A slot is filled with zeros; {@code held} says which of what is held, where it is in no frame.
   */
  record Clear(int slot, int held, int reach) implements Task {}

  final List<Task> tasks = new ArrayList<>();

  /** For each slot where in a frame it begins, at every other step; −1 for nowhere. */
  final int[][] offset;

  /** Width of a frame. */
  final int width;

  /** For each slot the most lags at which there is anything. */
  final int[] reach;

  private final LinearStep step;
  private final int[] heldOf;
  private final boolean[] framed;

  /**
   * Folds.
   *
   * @return null if states are handed on in a way that frames cannot follow, or nothing is folded
   */
  static @Nullable FoldedStep of(LinearStep step, IntUnaryOperator whole) {
    boolean[] seen = new boolean[step.widths.size()];
    seen[step.output] = true;
    for (int s = 0; s < step.states.length; s++) {
      if (step.states[s] >= 0) {
        seen[step.states[s]] = true;
      }
    }
    for (int s = 0; s < step.states.length; s++) {
      int slot = step.entering[s];
      if (step.states[s] >= 0 && (slot < 0 || seen[slot])) {
        return null;
      }
      if (slot >= 0) {
        seen[slot] = true;
      }
    }
    for (var instruction : step.instructions) {
      // A product overwrites what stands behind its last column, up to a whole panel.
      Part into = instruction.into();
      boolean last = into.from() + into.rows() == step.widths.get(into.slot());
      if (instruction instanceof Multiply
          && !last
          && whole.applyAsInt(into.rows()) != into.rows()) {
        return null;
      }
    }
    var folded = new FoldedStep(step, whole);
    return folded.tasks.stream().anyMatch(Folded.class::isInstance) ? folded : null;
  }

  private FoldedStep(LinearStep step, IntUnaryOperator whole) {
    this.step = step;
    reach = LagSweep.reachOfSlots(step);
    heldOf = new int[reach.length];
    Arrays.fill(heldOf, -1);
    for (int h = 0; h < step.held.length; h++) {
      heldOf[step.held[h]] = h;
    }
    framed = new boolean[reach.length];
    for (int slot = 0; slot < framed.length; slot++) {
      framed[slot] = isFramed(slot);
    }
    offset = new int[2][reach.length];
    width = place(whole);
    var written = new HashSet<Part>();
    for (int slot = 0; slot < reach.length; slot++) {
      if (isLeaf(slot) || needsZeros(slot)) {
        written.addAll(step.parts.get(slot));
        if (!isLeaf(slot)) {
          tasks.add(new Clear(slot, heldOf[slot], reach[slot]));
        }
      }
    }
    for (var instruction : step.instructions) {
      tasks.add(task(instruction, !written.add(instruction.into())));
    }
    for (int h = 0; h < step.held.length; h++) {
      int slot = step.held[h];
      if (framed[slot]) {
        tasks.add(new Hold(false, h, 0, new View(slot, 0, step.widths.get(slot)), -1, reach[slot]));
      }
    }
  }

  private boolean isLeaf(int slot) {
    return slot == step.output || Arrays.stream(step.states).anyMatch(state -> state == slot);
  }

  private List<Instruction> writers(int slot) {
    return step.instructions.stream().filter(i -> i.into().slot() == slot).toList();
  }

  /** Whether it is not what is held and read by folded products only. */
  private boolean isFramed(int slot) {
    if (heldOf[slot] < 0 || isLeaf(slot)) {
      return true;
    }
    if (Arrays.stream(step.entering).anyMatch(entering -> entering == slot)) {
      return true;
    }
    for (var instruction : step.instructions) {
      boolean scaled = instruction instanceof Scale;
      if (instruction.into().slot() == slot && !scaled) {
        return true;
      }
      if (instruction.of().slot() == slot
          && (scaled || sources(((Multiply) instruction).of()) == null)) {
        return true;
      }
    }
    return false;
  }

  /** What some rows of a slot are made of; null if a product with them cannot be folded. */
  private @Nullable List<Source> sources(View of) {
    var sources = new ArrayList<Source>();
    for (var writer : writers(of.slot())) {
      Part part = writer.into();
      if (part.from() + part.rows() <= of.from() || of.from() + of.rows() <= part.from()) {
        continue;
      }
      boolean inside =
          of.from() <= part.from() && part.from() + part.rows() <= of.from() + of.rows();
      if (!(writer instanceof Scale scale)
          || !inside
          || heldOf[scale.of().slot()] >= 0
          || reach[scale.of().slot()] != reach[of.slot()]) {
        return null;
      }
      Source source = null;
      for (Source known : sources) {
        source = known.of().equals(scale.of()) ? known : source;
      }
      if (source == null) {
        source = new Source(scale.of(), new ArrayList<>());
        sources.add(source);
      }
      source.terms().add(new Term(part.from() - of.from(), scale.coefficient()));
    }
    int rows = sources.stream().mapToInt(source -> source.of().rows()).sum();
    return rows > of.rows() || sources.isEmpty() ? null : sources;
  }

  /** Whether something of a slot is written at fewer lags than it is read, or never. */
  private boolean needsZeros(int slot) {
    boolean[] covered = new boolean[step.widths.get(slot)];
    var seen = new ArrayList<Part>();
    for (var writer : writers(slot)) {
      Part part = writer.into();
      if (!seen.contains(part) && reach[writer.of().slot()] == reach[slot]) {
        Arrays.fill(covered, part.from(), part.from() + part.rows(), true);
      }
      seen.add(part);
    }
    for (boolean each : covered) {
      if (!each) {
        return true;
      }
    }
    return false;
  }

  private Task task(Instruction instruction, boolean add) {
    Part into = instruction.into();
    View of = instruction.of();
    int lags = reach[of.slot()];
    return switch (instruction) {
      case Scale scale when !framed[into.slot()] ->
          new Hold(add, heldOf[into.slot()], into.from(), of, scale.coefficient(), lags);
      case Scale scale -> new Put(add, into.slot(), into.from(), of, scale.coefficient(), lags);
      case Multiply multiply -> {
        var sources = framed[of.slot()] ? null : sources(of);
        if (sources == null) {
          yield new Product(add, into, of, multiply.matrix(), lags);
        }
        sources.sort((a, b) -> Integer.compare(at(a.of()), at(b.of())));
        yield new Folded(add, into, multiply.matrix(), sources, lags);
      }
    };
  }

  private int at(View view) {
    return offset[0][view.slot()] + view.from();
  }

  /** States take turns with what becomes of them, so that nothing has to be moved. */
  private int place(IntUnaryOperator whole) {
    Arrays.fill(offset[0], -1);
    Arrays.fill(offset[1], -1);
    int at = 0;
    for (int turn = 0; turn < 2; turn++) {
      for (int s = 0; s < step.states.length; s++) {
        if (step.states[s] >= 0) {
          offset[turn][step.states[s]] = at;
          offset[1 - turn][step.entering[s]] = at;
          at += whole.applyAsInt(step.widths.get(step.states[s]));
        }
      }
    }
    for (int slot = 0; slot < framed.length; slot++) {
      if (framed[slot] && offset[0][slot] < 0) {
        offset[0][slot] = at;
        offset[1][slot] = at;
        at += whole.applyAsInt(step.widths.get(slot));
      }
    }
    return at;
  }
}
