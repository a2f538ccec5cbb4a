// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Makes a class for a shape of tile. Sums must be local variables to stay in registers, so that
 * each shape needs a method of its own. In Java, of two rows and one vector, {@code L} floats:
 *
 * <pre>{@code
 * public void run(int tiles, float[] a, int a0, …) {
 *   while (tiles > 0) {
 *     FloatVector s00 = FloatVector.fromArray(SPECIES, init, i0);
 *     FloatVector s10 = FloatVector.fromArray(SPECIES, init, i0 + ldi);
 *     int a1 = a0 + lda;
 *     for (int k = 0; k < depth; k++) {
 *       FloatVector w0 = FloatVector.fromArray(SPECIES, b, b0 + k * 2 * L);
 *       FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
 *       s00 = x.fma(w0, s00);
 *       x = FloatVector.broadcast(SPECIES, a[a1 + k]);
 *       s10 = x.fma(w0, s10);
 *     }
 *     s00.intoArray(c, c0);
 *     s10.intoArray(c, c0 + ldc);
 *     a0 += aNext;
 *     …
 *     tiles--;
 *   }
 * }
 * }</pre>
 *
 * A {@link DoubleTile} is the same in float64, of which panels of the result may stand anywhere:
 * {@code c0 + places[place] + row * strides[place]} for the first, and so on.
 */
final class TileCompiler {
  private static final String VECTORS = "jdk.incubator.vector.";
  private static final ClassDesc ANY = ClassDesc.of(VECTORS + "Vector");
  private static final ClassDesc SPECIES = ClassDesc.of(VECTORS + "VectorSpecies");
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final ClassDesc DOUBLES = CD_double.arrayType();
  private static final ClassDesc INTS = CD_int.arrayType();

  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_void, CD_int, FLOATS, CD_int, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int, FLOATS,
          CD_int, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int);

  private static final MethodTypeDesc RUN_DOUBLE =
      MethodTypeDesc.of(
          CD_void, CD_int, DOUBLES, CD_int, CD_int, CD_int, DOUBLES, CD_int, CD_int, CD_int,
          DOUBLES, CD_int, CD_int, INTS, INTS, CD_int);

  /** A method of more bytes is not inlined into its caller, which would grow too large itself. */
  private static final int INLINED = 325;

  // The parameters of both, as local variables.
  private static final int TILES = 1;
  private static final int A = 2;
  private static final int A0 = 3;
  private static final int LDA = 4;
  private static final int A_NEXT = 5;
  private static final int B = 6;
  private static final int B0 = 7;
  private static final int PANEL = 8;
  private static final int DEPTH = 9;

  // Those of Tile.run.
  private static final int INIT = 10;
  private static final int I0 = 11;
  private static final int LDI = 12;
  private static final int I_NEXT = 13;
  private static final int C = 14;
  private static final int C0 = 15;
  private static final int LDC = 16;
  private static final int C_NEXT = 17;

  // Those of DoubleTile.run.
  private static final int INTO = 10;
  private static final int INTO0 = 11;
  private static final int ROW = 12;
  private static final int PLACES = 13;
  private static final int STRIDES = 14;
  private static final int PLACE = 15;

  private final CodeBuilder code;
  private final TileShape shape;
  private final boolean isDouble;
  private final ClassDesc number;
  private final ClassDesc vector;
  private final int bits;
  private final int length;

  /** How far it is in B from one k to the next; panels of two vectors unless it is more. */
  private final int turn;

  private TileCompiler(CodeBuilder code, TileShape shape, boolean isDouble, int turn, int bits) {
    this.code = code;
    this.shape = shape;
    this.isDouble = isDouble;
    this.number = isDouble ? CD_double : CD_float;
    this.vector = ClassDesc.of(VECTORS + (isDouble ? "DoubleVector" : "FloatVector"));
    this.bits = bits;
    this.length = bits / (isDouble ? Double.SIZE : Float.SIZE);
    this.turn = turn;
  }

  /** A tile on vectors as wide as those of all kernels. */
  static Tile compile(TileShape shape) {
    int bits = Simd.F.vectorBitSize();
    int turn = 2 * Simd.L;
    return (Tile)
        compile(Tile.class, RUN, code -> new TileCompiler(code, shape, false, turn, bits).write());
  }

  /**
   * The same in float64.
   *
   * @param turn how far it is in B from one k to the next: two vectors, or more where vectors that
   *     belong together stand side by side
   */
  static DoubleTile compileDouble(TileShape shape, int turn) {
    int bits = Simd.F.vectorBitSize();
    return (DoubleTile)
        compile(
            DoubleTile.class,
            RUN_DOUBLE,
            code -> new TileCompiler(code, shape, true, turn, bits).write());
  }

  private static Object compile(Class<?> tile, MethodTypeDesc run, Consumer<CodeBuilder> body) {
    byte[] bytes =
        ClassFile.of()
            .build(
                ClassDesc.of(TileCompiler.class.getPackageName(), "CompiledTile"),
                c -> {
                  c.withFlags(ClassFile.ACC_FINAL);
                  c.withInterfaceSymbols(ClassDesc.ofDescriptor(tile.descriptorString()));
                  c.withMethodBody(
                      ConstantDescs.INIT_NAME,
                      ConstantDescs.MTD_void,
                      ClassFile.ACC_PUBLIC,
                      code ->
                          code.aload(0)
                              .invokespecial(
                                  CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                              .return_());
                  c.withMethodBody("run", run, ClassFile.ACC_PUBLIC, body);
                });
    try {
      return MethodHandles.lookup()
          .defineHiddenClass(bytes, true)
          .lookupClass()
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a generated class could not be used", e);
    }
  }

  private void write() {
    int[][] sums = new int[shape.rows()][shape.vectors()];
    var again = code.newLabel();
    var done = code.newLabel();
    code.labelBinding(again);
    code.iload(TILES).ifle(done);
    begin(sums);
    int[] factors = starts(A0, LDA, shape.packed() == 0 ? shape.rows() : 1);
    int[] panels = starts(B0, PANEL, turn == 2 * length ? (shape.vectors() + 1) / 2 : 1);
    turns(sums, factors, panels);
    end(sums);
    next(A0, A_NEXT);
    if (isDouble) {
      code.iinc(ROW, shape.rows());
    } else {
      next(I0, I_NEXT);
      next(C0, C_NEXT);
    }
    code.iinc(TILES, -1);
    code.goto_(again);
    code.labelBinding(done);
    code.return_();
    // Never reached: this makes the method too long to be inlined.
    for (int i = 0; i < INLINED; i++) {
      code.nop();
    }
    code.return_();
  }

  private void next(int variable, int by) {
    code.iload(variable).iload(by).iadd().istore(variable);
  }

  /** Local variables for something that stands so far apart; the first one is there already. */
  private int[] starts(int first, int apart, int count) {
    int[] starts = new int[count];
    starts[0] = first;
    for (int i = 1; i < count; i++) {
      starts[i] = code.allocateLocal(TypeKind.INT);
      code.iload(starts[i - 1]).iload(apart).iadd().istore(starts[i]);
    }
    return starts;
  }

  /**
   * For each panel of the result, where its first row begins, and then the distance of rows: looked
   * up where they are needed, so that they need no registers meanwhile.
   */
  private int[] columns() {
    int panels = (shape.vectors() + 1) / 2;
    int[] at = new int[2 * panels];
    for (int p = 0; p < panels; p++) {
      at[p] = code.allocateLocal(TypeKind.INT);
      at[panels + p] = code.allocateLocal(TypeKind.INT);
      plus(code.aload(STRIDES).iload(PLACE), p);
      code.iaload().istore(at[panels + p]);
      plus(code.aload(PLACES).iload(PLACE), p);
      code.iaload().iload(INTO0).iadd();
      code.iload(ROW).iload(at[panels + p]).imul().iadd().istore(at[p]);
    }
    return at;
  }

  private void begin(int[][] sums) {
    if (shape.fresh()) {
      for (int[] row : sums) {
        for (int v = 0; v < row.length; v++) {
          row[v] = code.allocateLocal(TypeKind.REFERENCE);
          species();
          code.invokestatic(vector, "zero", MethodTypeDesc.of(vector, SPECIES));
          code.astore(row[v]);
        }
      }
    } else {
      across(
          sums,
          isDouble ? INTO : INIT,
          I0,
          LDI,
          (r, v, array, index) -> {
            sums[r][v] = code.allocateLocal(TypeKind.REFERENCE);
            load(array, index, sums[r][v]);
          });
    }
  }

  /** Something done with a sum and where it comes from or goes. */
  private interface Element {
    void at(int row, int vector, int array, Runnable index);
  }

  /** Goes through the elements of a tile, row by row. */
  private void across(int[][] sums, int array, int first, int apart, Element element) {
    int[] at = isDouble ? columns() : new int[0];
    int panels = at.length / 2;
    int[] row = new int[isDouble ? panels : 1];
    for (int p = 0; p < row.length; p++) {
      row[p] = code.allocateLocal(TypeKind.INT);
      code.iload(isDouble ? at[p] : first).istore(row[p]);
    }
    for (int r = 0; r < sums.length; r++) {
      for (int v = 0; v < sums[r].length; v++) {
        int start = row[isDouble ? v / 2 : 0];
        int offset = (isDouble ? v % 2 : v) * length;
        element.at(r, v, array, () -> plus(code.iload(start), offset));
      }
      for (int p = 0; p < row.length && r + 1 < sums.length; p++) {
        next(row[p], isDouble ? at[panels + p] : apart);
      }
    }
  }

  /**
   * The sums over k. Where the factors of all rows stand side by side, and so far from one k to the
   * next that the place in B says where they are, that place is what the loop counts: for a count
   * of k, the compiler would load the factors of all rows before it multiplies, which with 6 × 4
   * sums is two registers more than there are.
   */
  private void turns(int[][] sums, int[] factors, int[] panels) {
    boolean along = shape.packed() > 0 && shape.packed() % turn == 0;
    int at = code.allocateLocal(TypeKind.INT);
    int end = DEPTH;
    if (along) {
      end = code.allocateLocal(TypeKind.INT);
      code.iload(panels[0]).istore(at);
      code.iload(DEPTH).loadConstant(turn).imul().iload(at).iadd().istore(end);
      for (int p = 1; p < panels.length; p++) {
        code.iload(panels[p]).iload(at).isub().istore(panels[p]);
      }
      int start = code.allocateLocal(TypeKind.INT);
      code.iload(factors[0]).iload(at).loadConstant(shape.packed() / turn).imul().isub();
      code.istore(start);
      factors[0] = start;
    } else {
      code.iconst_0().istore(at);
    }
    var again = code.newLabel();
    var done = code.newLabel();
    code.labelBinding(again);
    code.iload(at).iload(end).if_icmpge(done);
    multiply(sums, v -> weight(along, at, panels, v), r -> factor(along, at, factors, r));
    code.iinc(at, along ? turn : 1);
    code.goto_(again);
    code.labelBinding(done);
  }

  /** One turn: each vector of weights times the factor of each row. */
  private void multiply(int[][] sums, IntConsumer weight, IntConsumer factor) {
    int x = code.allocateLocal(TypeKind.REFERENCE);
    int[] weights = new int[shape.vectors()];
    for (int v = 0; v < weights.length; v++) {
      int vector = v;
      weights[v] = code.allocateLocal(TypeKind.REFERENCE);
      load(B, () -> weight.accept(vector), weights[v]);
    }
    for (int r = 0; r < sums.length; r++) {
      species();
      code.aload(A);
      factor.accept(r);
      code.arrayLoad(TypeKind.from(number));
      code.invokestatic(vector, "broadcast", MethodTypeDesc.of(vector, SPECIES, number));
      code.astore(x);
      for (int v = 0; v < weights.length; v++) {
        code.aload(x).aload(weights[v]).aload(sums[r][v]);
        code.invokevirtual(vector, "fma", MethodTypeDesc.of(vector, ANY, ANY));
        code.astore(sums[r][v]);
      }
    }
  }

  /** Where a vector of weights is in B. */
  private void weight(boolean along, int at, int[] panels, int v) {
    int panel = panels.length == 1 ? 0 : v / 2;
    if (!along) {
      code.iload(panels[panel]).iload(at).loadConstant(turn).imul().iadd();
    } else if (panel == 0) {
      code.iload(at);
    } else {
      code.iload(at).iload(panels[panel]).iadd();
    }
    plus(code, (panels.length == 1 ? v : v % 2) * length);
  }

  /** Where the factor of a row is in A. */
  private void factor(boolean along, int at, int[] factors, int r) {
    if (shape.packed() == 0) {
      code.iload(factors[r]).iload(at).iadd();
      return;
    }
    int apart = along ? shape.packed() / turn : shape.packed();
    code.iload(factors[0]).iload(at).loadConstant(apart).imul().iadd();
    plus(code, r);
  }

  private void end(int[][] sums) {
    across(
        sums,
        isDouble ? INTO : C,
        C0,
        LDC,
        (r, v, array, index) -> {
          code.aload(sums[r][v]).aload(array);
          index.run();
          code.invokevirtual(
              vector, "intoArray", MethodTypeDesc.of(CD_void, number.arrayType(), CD_int));
        });
  }

  private void load(int array, Runnable index, int into) {
    species();
    code.aload(array);
    index.run();
    code.invokestatic(
        vector, "fromArray", MethodTypeDesc.of(vector, SPECIES, number.arrayType(), CD_int));
    code.astore(into);
  }

  private static void plus(CodeBuilder code, int constant) {
    if (constant != 0) {
      code.loadConstant(constant).iadd();
    }
  }

  private void species() {
    code.getstatic(vector, "SPECIES_" + bits, SPECIES);
  }
}
