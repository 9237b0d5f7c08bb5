using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>SHA-256 of a token's characters: identifies the token without keeping it.</summary>
internal readonly record struct TokenKey(UInt128 High, UInt128 Low)
{
    /// <summary>Returns the key of <paramref name="token"/>.</summary>
    public static TokenKey Of(ReadOnlySpan<char> token)
    {
        Span<UInt128> hash = stackalloc UInt128[2];
        SHA256.HashData(MemoryMarshal.AsBytes(token), MemoryMarshal.AsBytes(hash));
        return new TokenKey(hash[0], hash[1]);
    }
}
