using System.Text;

namespace GatewayMesh.Drills.Applications;

/// <summary>The parts of a request that the demo's applications use.</summary>
/// <param name="Path">The path.</param>
/// <param name="BodyLength">Length of the body after the head, in bytes.</param>
/// <param name="Close">True if the caller asks to close the connection.</param>
internal readonly record struct AppRequest(string Path, int BodyLength, bool Close)
{
    /// <summary>Parses a head without its empty line.</summary>
    public static AppRequest Parse(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        var words = lines[0].Split(' ');
        var fields = lines.Skip(1)
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2)
            .ToLookup(parts => parts[0].Trim(), parts => parts[1].Trim(), StringComparer.OrdinalIgnoreCase);
        return new AppRequest(
            words.Length > 1 ? words[1] : "/",
            int.TryParse(fields["content-length"].FirstOrDefault(), out var length) ? length : 0,
            fields["connection"].Any(value => value.Equals("close", StringComparison.OrdinalIgnoreCase)));
    }
}
