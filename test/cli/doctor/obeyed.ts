/** What a terminal obeys, but for ends of lines: it never stands in what is printed. */
export const obeyed = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
