using System.Net;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Reads the keys <c>adminToken</c> and <c>adminTokenFile</c>. An admin address other than loopback needs one of them.</summary>
internal static class AdminBinder
{
    /// <summary>Minimum length of a token, in characters; a shorter token can be guessed.</summary>
    private const int Shortest = 16;

    // The token travels in a header field (RFC 6750 §2.1).
    private static readonly ScalarType<string> Token =
        new("use a token of 16 characters or more, such as the output of openssl rand -hex 32", text =>
        text.Length < Shortest ? Scalar.Bad<string>("is shorter than 16 characters", "generate a token with openssl rand -hex 32")
        : text.All(c => c is > ' ' and < '\x7f') ? Scalar.Good(text)
        : Scalar.Bad<string>(
            "contains a character that is not allowed in a header field",
            "use letters and digits, such as the output of openssl rand -hex 32"));

    /// <summary>Admin token, or null when none is configured.</summary>
    public static AdminTokenSpec? Bind(MappingReader reader, IPEndPoint admin, Func<string, SourceLocation, string> path)
    {
        var token = reader.Has("adminToken") ? reader.Optional("adminToken", Token, "") : null;
        var file = reader.Has("adminTokenFile")
            ? path(reader.Optional("adminTokenFile", ScalarTypes.Text, ""), reader.LocationOf("adminTokenFile"))
            : null;
        if (token is not null && file is not null)
        {
            reader.Fail("adminTokenFile", "conflicts with adminToken", "remove one of them");
        }

        if (token is null && file is null && !IPAddress.IsLoopback(admin.Address))
        {
            // Any client that reaches the admin address can drain the node.
            reader.Fail(
                reader.LocationOf("admin"),
                "admin",
                $"{admin} is not a loopback address and there is no token",
                "use 127.0.0.1 or [::1], or set adminTokenFile: FILE (mode 0600) and generate the token with openssl rand -hex 32");
        }

        return token is null && file is null ? null : new AdminTokenSpec(token, file);
    }
}
