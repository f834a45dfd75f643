/** Solves `A x = b` for a symmetric positive definite matrix by Cholesky decomposition (Golub & Van Loan, 4.2). */
export function solvePositiveDefinite(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): number[] {
  const lower = cholesky(matrix);
  const at = (row: number, column: number): number => lower[row]?.[column] ?? 0;
  const forward: number[] = [];
  for (const [row, value] of right.entries()) {
    const known = forward.reduce((sum, solved, column) => sum + at(row, column) * solved, 0);
    forward.push((value - known) / at(row, row));
  }
  const solution = forward.map(() => 0);
  for (let row = forward.length - 1; row >= 0; row -= 1) {
    let known = 0;
    for (let column = row + 1; column < forward.length; column += 1)
      known += at(column, row) * (solution[column] ?? 0);
    solution[row] = ((forward[row] ?? 0) - known) / at(row, row);
  }
  return solution;
}

/** The lower triangle L with `L Lᵀ = A`. Throws a RangeError when A is not positive definite. */
function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower: number[][] = [];
  for (const [row, line] of matrix.entries()) {
    const current: number[] = [];
    for (let column = 0; column <= row; column += 1) {
      const other = column === row ? current : (lower[column] ?? []);
      const known = other
        .slice(0, column)
        .reduce((sum, value, index) => sum + value * (current[index] ?? 0), 0);
      const rest = (line[column] ?? 0) - known;
      if (column < row) current.push(rest / (other[column] ?? 1));
      else if (rest > 0) current.push(Math.sqrt(rest));
      else throw new RangeError('The matrix is not positive definite.');
    }
    lower.push(current);
  }
  return lower;
}
