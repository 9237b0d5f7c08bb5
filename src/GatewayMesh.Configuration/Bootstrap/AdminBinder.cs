using System.Net;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the keys <c>adminToken</c> and <c>adminTokenFile</c>: off loopback the admin address needs one of them.</summary>
internal static class AdminBinder
{
    /// <summary>Least characters of a token: what is shorter can be guessed.</summary>
    private const int Shortest = 16;

    // A header field carries it (RFC 6750 §2.1).
    private static readonly ScalarType<string> Token = new("say a token of 16 characters or more, such as openssl rand -hex 32 makes", text =>
        text.Length < Shortest ? Scalar.Bad<string>("is shorter than 16 characters", "make one with openssl rand -hex 32")
        : text.All(c => c is > ' ' and < '\x7f') ? Scalar.Good(text)
        : Scalar.Bad<string>("holds a character that no header field can carry", "use letters and digits, such as openssl rand -hex 32 makes"));

    /// <summary>The token, or null when none is asked for.</summary>
    public static AdminTokenSpec? Bind(MappingReader reader, IPEndPoint admin, Func<string, SourceLocation, string> path)
    {
        var token = reader.Has("adminToken") ? reader.Optional("adminToken", Token, "") : null;
        var file = reader.Has("adminTokenFile") ? path(reader.Optional("adminTokenFile", ScalarTypes.Text, ""), reader.LocationOf("adminTokenFile")) : null;
        if (token is not null && file is not null)
        {
            reader.Fail("adminTokenFile", "stands beside adminToken", "keep one of them");
        }

        if (token is null && file is null && !IPAddress.IsLoopback(admin.Address))
        {
            // Whoever reaches it can drain the node.
            reader.Fail(reader.LocationOf("admin"), "admin", $"{admin} is not a loopback address and there is no token", "use 127.0.0.1 or [::1], or say adminTokenFile: FILE (mode 0600) with a token such as openssl rand -hex 32 makes");
        }

        return token is null && file is null ? null : new AdminTokenSpec(token, file);
    }
}
