// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import org.jspecify.annotations.Nullable;

/**
 * Weights in panels of two vectors: the N columns of M in groups of 2·L, each K × 2·L and dense,
 * the last one filled up with zeros. A product walks through a panel from its beginning to its end,
 * which is what caches and prefetchers like best, and packing is paid once for all the steps that
 * run with these weights.
 *
 * <p>Which {@link Tiles} a product is cut into depends on the machine and on the number of rows;
 * its results do not.
 */
final class SimdMatrix implements PackedMatrix, Crew.Task {
  /** Multiplications below which waking the others takes longer than doing it alone. */
  private static final long WORTHWHILE = 1 << 18;

  /** Weights below which it does so for packing them: some microseconds' worth. */
  private static final int WORTHWHILE_PACKING = 1 << 15;

  /** Where sums begin with zeros. */
  private static final float[] NONE = {};

  private final int outputs;
  private final int inputs;
  private final Direction direction;
  private final int k;
  private final int n;
  private final int panel;
  private final AlignedFloats weights;

  /** For each thread. */
  private final SimdProduct[] products;

  private final SimdPacking packing;
  private final @Nullable Crew crew;

  /** The weights where they are not packed yet. */
  private final UnpackedWeights unpacked;

  /** The same matrix for the way back, until it has been copied, too. */
  private @Nullable SimdMatrix other;

  private final Crew.Task packTask = this::packPart;

  // The weights that the crew packs: fields, since a task that carries them would be allocated.
  private float[] theta = NONE;
  private int offset;
  private boolean inRegisters;

  // The product that it is at, likewise.
  private float[] a = NONE;
  private int aOffset;
  private int rows;
  private float[] init = NONE;
  private int iOffset;
  private int ldi;
  private float[] c = NONE;
  private int cOffset;

  /** A matrix whose products a crew shares, if there is one. */
  SimdMatrix(
      int outputs, int inputs, Direction direction, SimdPacking packing, @Nullable Crew crew) {
    this.packing = packing;
    this.crew = crew;
    this.unpacked = new UnpackedWeights(outputs, inputs);
    this.outputs = outputs;
    this.inputs = inputs;
    this.direction = direction;
    this.k = direction == Direction.FORWARD ? inputs : outputs;
    this.n = direction == Direction.FORWARD ? outputs : inputs;
    this.panel = Math.multiplyExact(k, W);
    this.weights = new AlignedFloats(Math.multiplyExact((n + W - 1) / W, panel));
    this.products = new SimdProduct[crew == null ? 1 : crew.size()];
    for (int part = 0; part < products.length; part++) {
      products[part] = new SimdProduct(k, n, weights, part, products.length);
    }
  }

  @Override
  public void follow(float[] theta, int offset, @Nullable PackedMatrix back) {
    boolean often = unpacked.wereUsedOften();
    other = null;
    if (often || direction == Direction.BACKWARD || !packing.isCompiled()) {
      PackedMatrix.super.follow(theta, offset, back);
      return;
    }
    unpacked.begin(theta, offset);
    if (back instanceof SimdMatrix matrix && unpacked.areCopied()) {
      matrix.unpacked.begin(theta, offset);
      matrix.weights.renew();
      other = matrix;
    } else if (back != null) {
      back.pack(theta, offset);
    }
  }

  @Override
  public void settle() {
    float[] theta = unpacked.theta();
    if (theta != null) {
      pack(theta, unpacked.offset());
    }
    weights.settle();
    SimdMatrix back = other;
    other = null;
    if (back != null) {
      back.settle();
    }
  }

  @Override
  public void pack(float[] theta, int offset) {
    unpacked.end();
    weights.renew();
    this.theta = theta;
    this.offset = offset;
    inRegisters = direction == Direction.FORWARD && packing.inRegisters(outputs * inputs);
    if (crew == null || outputs * inputs < WORTHWHILE_PACKING) {
      packPart(0, 1);
    } else {
      crew.run(packTask);
    }
    this.theta = NONE;
  }

  /** Some panels: those that the same thread multiplies with, where columns are shared out. */
  private void packPart(int part, int parts) {
    int panels = (n + W - 1) / W;
    int from = panels * part / parts * W;
    int to = Math.min(n, panels * (part + 1) / parts * W);
    float[] values = weights.values();
    int start = weights.start();
    if (direction == Direction.FORWARD) {
      int first = offset + from * inputs;
      int panel = start + from * inputs;
      SimdPacking.transpose(inRegisters, theta, first, to - from, inputs, values, panel);
    } else {
      SimdPacking.copy(from, to, theta, offset, outputs, inputs, values, start);
    }
  }

  @Override
  public void unpack(float[] theta, int offset) {
    settle();
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        int row = direction == Direction.FORWARD ? i : o;
        int column = direction == Direction.FORWARD ? o : i;
        theta[offset + o * inputs + i] =
            weights.values()[weights.start() + column / W * panel + row * W + column % W];
      }
    }
  }

  @Override
  public void multiply(
      float[] a, int aOffset, int rows, float @Nullable [] bias, float[] c, int cOffset) {
    product(a, aOffset, rows, bias == null ? NONE : bias, 0, 0, c, cOffset);
  }

  @Override
  public void multiplyAdd(float[] a, int aOffset, int rows, float[] c, int cOffset) {
    product(a, aOffset, rows, c, cOffset, n, c, cOffset);
  }

  /**
   * {@code C = init + A·M}.
   *
   * @param init empty for zeros
   * @param ldi distance of the rows of init: n, or 0 where all rows begin with the same
   */
  private void product(
      float[] a,
      int aOffset,
      int rows,
      float[] init,
      int iOffset,
      int ldi,
      float[] c,
      int cOffset) {
    assert aOffset + rows * k <= a.length && cOffset + rows * n <= c.length;
    if (rows == 0) {
      return;
    }
    if (!unpacked.serve(rows) || direction == Direction.BACKWARD) {
      settle();
    }
    if (crew == null || (long) rows * k * n < WORTHWHILE) {
      if (unpacked.theta() != null) {
        unpacked.multiply(0, outputs, a, aOffset, init, iOffset, c, cOffset, panelsBack());
        copied();
        return;
      }
      products[0].multiply(1, a, aOffset, rows, init, iOffset, ldi, c, cOffset);
      return;
    }
    this.a = a;
    this.aOffset = aOffset;
    this.rows = rows;
    this.init = init;
    this.iOffset = iOffset;
    this.ldi = ldi;
    this.c = c;
    this.cOffset = cOffset;
    crew.run(this);
    copied();
  }

  /** What the first product copies the weights into; null if nothing waits for them. */
  private @Nullable AlignedFloats panelsBack() {
    SimdMatrix back = other;
    return back == null || back.unpacked.theta() == null ? null : back.weights;
  }

  /** Says that the first product has done so. */
  private void copied() {
    SimdMatrix back = other;
    if (back != null) {
      back.unpacked.end();
      other = null;
    }
  }

  /**
   * One piece of the panels, always the same for the same part: they stay in its caches. Where
   * there are fewer panels than parts, several parts share a piece and have rows of their own.
   */
  @Override
  public void run(int part, int parts) {
    if (unpacked.theta() != null) {
      int blocks = (outputs + L - 1) / L;
      int from = blocks * part / parts * L;
      int to = Math.min(outputs, blocks * (part + 1) / parts * L);
      unpacked.multiply(from, to, a, aOffset, init, iOffset, c, cOffset, panelsBack());
      return;
    }
    int pieces = Sharing.pieces((n + W - 1) / W, rows, parts, 0);
    int shares = parts / pieces;
    int share = part / pieces;
    int from = (int) ((long) rows * share / shares);
    int to = (int) ((long) rows * (share + 1) / shares);
    products[part].multiply(
        pieces,
        a,
        aOffset + from * k,
        to - from,
        init,
        iOffset + from * ldi,
        ldi,
        c,
        cOffset + from * n);
  }

  @Override
  public MatrixProducts alone(int part) {
    return products[part];
  }
}
