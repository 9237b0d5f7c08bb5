using System.Text;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Terminal.Output;

/// <summary>
/// The writer of every command. All control characters except line ends are written as readable escapes, so that text from outside
/// cannot control the terminal. Only the color sequences of <see cref="Paint"/> pass, where colors are on.
/// </summary>
public sealed class SafeWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    private readonly bool _colors = Paint.For(inner).IsOn;

    /// <summary>The wrapped writer.</summary>
    public TextWriter Inner => inner;

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Wraps <paramref name="output"/>, which may be wrapped already.</summary>
    public static SafeWriter Over(TextWriter output) => output as SafeWriter ?? new SafeWriter(output);

    /// <summary>Returns <paramref name="text"/> with control characters escaped.</summary>
    /// <param name="text">Lines of text.</param>
    /// <param name="colors">True to let the colors of <see cref="Paint"/> pass.</param>
    public static string Clean(string text, bool colors)
    {
        if (!colors || !text.Contains('\e'))
        {
            return SafeText.Lines(text);
        }

        var clean = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            if (Paint.SequenceAt(text.AsSpan(i)) is > 0 and var length)
            {
                clean.Append(text, i, length);
                i += length;
                continue;
            }

            var next = text.IndexOf('\e', i + 1);
            next = next < 0 ? text.Length : next;
            clean.Append(SafeText.Lines(text[i..next]));
            i = next;
        }

        return clean.ToString();
    }

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    /// <inheritdoc/>
    public override void Write(string? value) => inner.Write(Clean(value ?? "", _colors));

    /// <inheritdoc/>
    public override void WriteLine() => inner.WriteLine();

    /// <inheritdoc/>
    public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(buffer.ToString());

    /// <inheritdoc/>
    public override void WriteLine(string? value) => inner.WriteLine(Clean(value ?? "", _colors));

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
