using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Linux;

namespace GatewayMesh.Roles;

/// <summary>
/// The random id of a data directory, in <c>DATADIR/node.id</c>. A restarted node and each of its processes have the same one, so a node is never taken for a
/// stranger of its name.
/// </summary>
internal static class NodeInstance
{
    private const int Bytes = 16;

    /// <summary>The id; made when it is missing. Empty when it can be neither read nor written, and then nothing is compared.</summary>
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
