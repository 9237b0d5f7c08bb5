using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Linux;

namespace GatewayMesh.Nodes;

/// <summary>
/// The random id of a data directory, in <c>DATADIR/node.id</c>. A restarted node and all of its processes share the id, so a node is never
/// mistaken for another node with its name.
/// </summary>
internal static class NodeInstance
{
    private const int Bytes = 16;

    /// <summary>Reads or creates the id. Empty when the file can be neither read nor written; then nothing is compared.</summary>
    internal static string Of(string dataDir)
    {
        var file = Path.Combine(dataDir, "node.id");
        try
        {
            if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: 2 * Bytes } stored && stored.All(char.IsAsciiHexDigitLower))
            {
                return stored;
            }

            var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
            AtomicFile.Write(file, Encoding.ASCII.GetBytes(made), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return made;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
