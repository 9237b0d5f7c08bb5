using System.Text;

namespace GatewayMesh.Drills.Load;

/// <summary>
/// The distinct <c>Via</c> values seen, so that a sample stores its path in two bytes. A mesh has few; beyond
/// <see cref="Max"/>, further values count as the first.
/// </summary>
internal sealed class AnswerPaths
{
    /// <summary>Maximum number of distinct values.</summary>
    public const int Max = 256;

    private readonly List<(byte[] Via, bool Gateway, string Text)> _known = [([], false, "(no Via)")];

    /// <summary>The values, by index.</summary>
    public IReadOnlyList<string> Texts => [.. _known.Select(known => known.Text)];

    /// <summary>Index of <paramref name="via"/>, and true if the value contains a gateway.</summary>
    public (ushort Index, bool Gateway) Find(ReadOnlySpan<byte> via)
    {
        for (var i = 0; i < _known.Count; i++)
        {
            if (via.SequenceEqual(_known[i].Via))
            {
                return ((ushort)i, _known[i].Gateway);
            }
        }

        var text = Encoding.Latin1.GetString(via);
        var gateway = NamesGateway(text);
        if (_known.Count == Max)
        {
            return (0, gateway);
        }

        _known.Add((via.ToArray(), gateway, text));
        return ((ushort)(_known.Count - 1), gateway);
    }

    /// <summary>True if a member of the field is a gateway: its pseudonym is <c>NODE-gateway</c>.</summary>
    public static bool NamesGateway(string via)
    {
        foreach (var member in via.Split(','))
        {
            // "1.1 NODE-ROLE (comment)": the second word names the receiver.
            var words = member.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words[1].EndsWith("-gateway", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
