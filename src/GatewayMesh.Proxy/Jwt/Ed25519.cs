using System.Runtime.InteropServices;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Ed25519 (RFC 8032) by OpenSSL 3, since the platform has no such algorithm.</summary>
internal static unsafe partial class Ed25519
{
    private const string Crypto = "libcrypto.so.3";
    private const int KeyType = 1087; // EVP_PKEY_ED25519
    private const int KeyBytes = 32;
    private const int SignatureBytes = 64;

    /// <summary>True if <paramref name="signature"/> is that of <paramref name="message"/> by <paramref name="key"/>.</summary>
    public static bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (key.Length != KeyBytes || signature.Length != SignatureBytes)
        {
            return false;
        }

        nint handle = 0, context = 0;
        try
        {
            fixed (byte* keyBytes = key, messageBytes = message, signatureBytes = signature)
            {
                handle = KeyOf(KeyType, 0, keyBytes, KeyBytes);
                context = handle == 0 ? 0 : ContextNew();
                return context != 0
                    && VerifyInit(context, 0, 0, 0, handle) == 1
                    && VerifyOnce(context, signatureBytes, SignatureBytes, messageBytes, (nuint)message.Length) == 1;
            }
        }
        finally
        {
            ContextFree(context);
            KeyFree(handle);
            ClearErrors(); // of this thread, or a later caller takes them for its own
        }
    }

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial nint KeyOf(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_free")]
    private static partial void KeyFree(nint key);

    [LibraryImport(Crypto, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint ContextNew();

    [LibraryImport(Crypto, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void ContextFree(nint context);

    [LibraryImport(Crypto, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int VerifyInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Crypto, EntryPoint = "EVP_DigestVerify")]
    private static partial int VerifyOnce(nint context, byte* signature, nuint signatureLength, byte* message, nuint messageLength);

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    private static partial void ClearErrors();
}
