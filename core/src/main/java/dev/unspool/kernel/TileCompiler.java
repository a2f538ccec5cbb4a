// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static java.lang.constant.ConstantDescs.CD_Object;
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
 */
final class TileCompiler {
  private static final String VECTORS = "jdk.incubator.vector.";
  private static final ClassDesc VECTOR = ClassDesc.of(VECTORS + "FloatVector");
  private static final ClassDesc ANY = ClassDesc.of(VECTORS + "Vector");
  private static final ClassDesc SPECIES = ClassDesc.of(VECTORS + "VectorSpecies");
  private static final ClassDesc FLOATS = CD_float.arrayType();
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          CD_void, CD_int, FLOATS, CD_int, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int, FLOATS,
          CD_int, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int);

  /** A method of more bytes is not inlined into its caller, which would grow too large itself. */
  private static final int INLINED = 325;

  // The parameters of Tile.run, as local variables.
  private static final int TILES = 1;
  private static final int A = 2;
  private static final int A0 = 3;
  private static final int LDA = 4;
  private static final int A_NEXT = 5;
  private static final int B = 6;
  private static final int B0 = 7;
  private static final int PANEL = 8;
  private static final int DEPTH = 9;
  private static final int INIT = 10;
  private static final int I0 = 11;
  private static final int LDI = 12;
  private static final int I_NEXT = 13;
  private static final int C = 14;
  private static final int C0 = 15;
  private static final int LDC = 16;
  private static final int C_NEXT = 17;

  private final CodeBuilder code;
  private final TileShape shape;
  private final int bits;
  private final int length;

  private TileCompiler(CodeBuilder code, TileShape shape, int bits) {
    this.code = code;
    this.shape = shape;
    this.bits = bits;
    this.length = bits / Float.SIZE;
  }

  /** A tile on vectors as wide as those of all kernels. */
  static Tile compile(TileShape shape) {
    int bits = Simd.F.vectorBitSize();
    byte[] bytes =
        ClassFile.of()
            .build(
                ClassDesc.of(TileCompiler.class.getPackageName(), "CompiledTile"),
                c -> {
                  c.withFlags(ClassFile.ACC_FINAL);
                  c.withInterfaceSymbols(ClassDesc.ofDescriptor(Tile.class.descriptorString()));
                  c.withMethodBody(
                      ConstantDescs.INIT_NAME,
                      ConstantDescs.MTD_void,
                      ClassFile.ACC_PUBLIC,
                      code ->
                          code.aload(0)
                              .invokespecial(
                                  CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                              .return_());
                  c.withMethodBody(
                      "run",
                      RUN,
                      ClassFile.ACC_PUBLIC,
                      code -> new TileCompiler(code, shape, bits).write());
                });
    try {
      return (Tile)
          MethodHandles.lookup()
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
    int[] panels = starts(B0, PANEL, (shape.vectors() + 1) / 2);
    turns(sums, factors, panels);
    end(sums);
    next(A0, A_NEXT);
    next(I0, I_NEXT);
    next(C0, C_NEXT);
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

  private void begin(int[][] sums) {
    int row = code.allocateLocal(TypeKind.INT);
    if (!shape.fresh()) {
      code.iload(I0).istore(row);
    }
    for (int r = 0; r < sums.length; r++) {
      for (int v = 0; v < sums[r].length; v++) {
        sums[r][v] = code.allocateLocal(TypeKind.REFERENCE);
        if (shape.fresh()) {
          species();
          code.invokestatic(VECTOR, "zero", MethodTypeDesc.of(VECTOR, SPECIES));
          code.astore(sums[r][v]);
        } else {
          int at = v * length;
          load(INIT, () -> plus(code.iload(row), at), sums[r][v]);
        }
      }
      if (!shape.fresh() && r + 1 < sums.length) {
        next(row, LDI);
      }
    }
  }

  private void turns(int[][] sums, int[] factors, int[] panels) {
    int k = code.allocateLocal(TypeKind.INT);
    int factor = code.allocateLocal(TypeKind.REFERENCE);
    int[] weights = new int[shape.vectors()];
    var again = code.newLabel();
    var done = code.newLabel();
    code.iconst_0().istore(k);
    code.labelBinding(again);
    code.iload(k).iload(DEPTH).if_icmpge(done);
    for (int v = 0; v < weights.length; v++) {
      weights[v] = code.allocateLocal(TypeKind.REFERENCE);
      int panel = panels[v / 2];
      int at = v % 2 * length;
      load(
          B,
          () -> {
            code.iload(panel).iload(k).loadConstant(2 * length).imul().iadd();
            plus(code, at);
          },
          weights[v]);
    }
    for (int r = 0; r < sums.length; r++) {
      species();
      code.aload(A);
      if (shape.packed() == 0) {
        code.iload(factors[r]).iload(k).iadd();
      } else {
        code.iload(factors[0]).iload(k).loadConstant(shape.packed()).imul().iadd();
        plus(code, r);
      }
      code.faload();
      code.invokestatic(VECTOR, "broadcast", MethodTypeDesc.of(VECTOR, SPECIES, CD_float));
      code.astore(factor);
      for (int v = 0; v < weights.length; v++) {
        code.aload(factor).aload(weights[v]).aload(sums[r][v]);
        code.invokevirtual(VECTOR, "fma", MethodTypeDesc.of(VECTOR, ANY, ANY));
        code.astore(sums[r][v]);
      }
    }
    code.iinc(k, 1);
    code.goto_(again);
    code.labelBinding(done);
  }

  private void end(int[][] sums) {
    int row = code.allocateLocal(TypeKind.INT);
    code.iload(C0).istore(row);
    for (int r = 0; r < sums.length; r++) {
      for (int v = 0; v < sums[r].length; v++) {
        code.aload(sums[r][v]).aload(C).iload(row);
        plus(code, v * length);
        code.invokevirtual(VECTOR, "intoArray", MethodTypeDesc.of(CD_void, FLOATS, CD_int));
      }
      if (r + 1 < sums.length) {
        next(row, LDC);
      }
    }
  }

  private void load(int array, Runnable index, int into) {
    species();
    code.aload(array);
    index.run();
    code.invokestatic(VECTOR, "fromArray", MethodTypeDesc.of(VECTOR, SPECIES, FLOATS, CD_int));
    code.astore(into);
  }

  private static void plus(CodeBuilder code, int constant) {
    if (constant != 0) {
      code.loadConstant(constant).iadd();
    }
  }

  private void species() {
    code.getstatic(VECTOR, "SPECIES_" + bits, SPECIES);
  }
}
