using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>Signs with Ed25519 by OpenSSL, since the platform does not.</summary>
internal sealed unsafe partial class EdDsaSigner : IDisposable
{
    private const string Crypto = "libcrypto.so.3";

    private readonly nint _key;

    public EdDsaSigner()
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        fixed (byte* bytes = secret)
        {
            _key = KeyNew(1087, 0, bytes, 32);
        }

        nuint length = 32;
        fixed (byte* bytes = Point)
        {
            Assert.That(KeyPoint(_key, bytes, ref length), Is.EqualTo(1));
        }
    }

    public byte[] Point { get; } = new byte[32];

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var signature = new byte[64];
        nuint length = 64;
        var context = ContextNew();
        fixed (byte* bytes = message, result = signature)
        {
            Assert.That(SignInit(context, 0, 0, 0, _key), Is.EqualTo(1));
            Assert.That(SignOnce(context, result, ref length, bytes, (nuint)message.Length), Is.EqualTo(1));
        }

        ContextFree(context);
        return signature;
    }

    public void Dispose() => KeyFree(_key);

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial nint KeyNew(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    private static partial int KeyPoint(nint key, byte* point, ref nuint length);

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_free")]
    private static partial void KeyFree(nint key);

    [LibraryImport(Crypto, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint ContextNew();

    [LibraryImport(Crypto, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void ContextFree(nint context);

    [LibraryImport(Crypto, EntryPoint = "EVP_DigestSignInit")]
    private static partial int SignInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Crypto, EntryPoint = "EVP_DigestSign")]
    private static partial int SignOnce(nint context, byte* signature, ref nuint length, byte* message, nuint messageLength);
}
