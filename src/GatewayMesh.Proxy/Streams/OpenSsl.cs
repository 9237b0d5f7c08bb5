using System.Runtime.InteropServices;

namespace GatewayMesh.Proxy.Streams;

/// <summary>
/// Functions of OpenSSL 3 (libssl, libcrypto), the library that the platform's own streams use as well. Pointers are owned by
/// <see cref="TlsContext"/> and <see cref="TlsHandle"/>; only callbacks of <see cref="TlsCallbacks"/> are passed in.
/// </summary>
internal static unsafe partial class OpenSsl
{
    private const string Ssl = "libssl.so.3", Crypto = "libcrypto.so.3";

    internal const ulong InitNoAtExit = 0x80000; // threads of this process may still use the library at its end

    internal const int Tls12 = 0x303, Tls13 = 0x304;

    internal const int ErrorSsl = 1, ErrorWantRead = 2, ErrorWantWrite = 3, ErrorSyscall = 5, ErrorZeroReturn = 6;

    internal const int VerifyPeer = 1, VerifyFailIfNoPeerCertificate = 2;

    internal const ulong
        OpNoTicket = 1UL << 14, OpNoCompression = 1UL << 17, OpServerPreference = 1UL << 22, OpNoRenegotiation = 1UL << 30;

    internal const int
        CtrlMode = 33,
        CtrlReadAhead = 41,
        CtrlSessionCacheMode = 44,
        CtrlHostName = 55,
        CtrlChainCertificate = 89,
        CtrlMinVersion = 123,
        CtrlMaxVersion = 124;

    internal const int ModePartialWrite = 1, ModeMovingBuffer = 2, ModeReleaseBuffers = 0x10;

    internal const int BioRead = 1, BioWrite = 2, BioRetry = 8, BioAllRetryFlags = 0xF;
    internal const int BioTypeSourceSink = 0x400;

    internal const int AlertReasonOffset = 1000, ReasonMask = 0x7FFFFF, ReasonUnexpectedEof = 294, ReasonNoPeerCertificate = 199;

    [LibraryImport(Ssl, EntryPoint = "OPENSSL_init_ssl")]
    internal static partial int Init(ulong options, void* settings);

    [LibraryImport(Ssl, EntryPoint = "TLS_method")]
    internal static partial nint Method();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    internal static partial nint ContextNew(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    internal static partial void ContextFree(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    internal static partial nint ContextControl(nint context, int command, nint number, void* argument);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_default_read_buffer_len")]
    internal static partial void ContextSetReadBuffer(nint context, nuint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    internal static partial ulong ContextSetOptions(nint context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_num_tickets")]
    internal static partial int ContextSetTickets(nint context, nuint count);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_certificate")]
    internal static partial int ContextUseCertificate(nint context, nint certificate);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_PrivateKey")]
    internal static partial int ContextUseKey(nint context, nint key);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cipher_list")]
    internal static partial int ContextSetCiphers(nint context, byte* ciphers);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_add_client_CA")]
    internal static partial int ContextAddAuthority(nint context, nint certificate);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    internal static partial void ContextSetVerify(nint context, int mode, void* unused);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cert_verify_callback")]
    internal static partial void ContextSetVerifier(nint context, delegate* unmanaged[Cdecl]<nint, nint, int> callback, void* argument);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    internal static partial void ContextSetAlpn(
        nint context, delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, nint, int> callback, void* argument);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_client_hello_cb")]
    internal static partial void ContextSetHello(nint context, delegate* unmanaged[Cdecl]<nint, int*, nint, int> callback, void* argument);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    internal static partial nint New(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    internal static partial void Free(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_bio")]
    internal static partial void SetBio(nint ssl, nint input, nint output);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_accept_state")]
    internal static partial void SetAccept(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    internal static partial void SetConnect(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_SSL_CTX")]
    internal static partial nint SetContext(nint ssl, nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_verify")]
    internal static partial void SetVerify(nint ssl, int mode, void* unused);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_alpn_protos")]
    internal static partial int SetAlpn(nint ssl, byte* protocols, uint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_get0_alpn_selected")]
    internal static partial void GetAlpn(nint ssl, byte** protocol, uint* length);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl")]
    internal static partial nint Control(nint ssl, int command, nint number, void* argument);

    [LibraryImport(Ssl, EntryPoint = "SSL_client_hello_get0_ext")]
    internal static partial int HelloExtension(nint ssl, uint type, byte** data, nuint* length);

    [LibraryImport(Ssl, EntryPoint = "SSL_version")]
    internal static partial int Version(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    internal static partial int Handshake(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    internal static partial int Read(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_peek")]
    internal static partial int Peek(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_write")]
    internal static partial int Write(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    internal static partial int Shutdown(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_has_pending")]
    [SuppressGCTransition]
    internal static partial int HasPending(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    internal static partial int GetError(nint ssl, int result);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_new")]
    internal static partial nint BioMethodNew(int type, byte* name);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_read")]
    internal static partial int BioMethodSetRead(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_write")]
    internal static partial int BioMethodSetWrite(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> callback);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_ctrl")]
    internal static partial int BioMethodSetControl(nint method, nint callback);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_get_ctrl")]
    internal static partial nint BioMethodGetControl(nint method);

    [LibraryImport(Crypto, EntryPoint = "BIO_s_null")]
    internal static partial nint BioNull();

    [LibraryImport(Crypto, EntryPoint = "BIO_get_new_index")]
    internal static partial int BioNewIndex();

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    internal static partial nint BioNew(nint method);

    [LibraryImport(Crypto, EntryPoint = "BIO_free")]
    internal static partial int BioFree(nint bio);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_init")]
    internal static partial void BioSetInit(nint bio, int ready);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_flags")]
    [SuppressGCTransition]
    internal static partial void BioSetFlags(nint bio, int flags);

    [LibraryImport(Crypto, EntryPoint = "BIO_clear_flags")]
    [SuppressGCTransition]
    internal static partial void BioClearFlags(nint bio, int flags);

    [LibraryImport(Crypto, EntryPoint = "d2i_X509")]
    internal static partial nint CertificateFromDer(void* unused, byte** der, nint length);

    [LibraryImport(Crypto, EntryPoint = "i2d_X509")]
    internal static partial int CertificateToDer(nint certificate, byte** der);

    [LibraryImport(Crypto, EntryPoint = "X509_free")]
    internal static partial void CertificateFree(nint certificate);

    [LibraryImport(Crypto, EntryPoint = "d2i_AutoPrivateKey")]
    internal static partial nint KeyFromDer(void* unused, byte** der, nint length);

    [LibraryImport(Crypto, EntryPoint = "EVP_PKEY_free")]
    internal static partial void KeyFree(nint key);

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_num")]
    internal static partial int StackCount(nint stack);

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_value")]
    internal static partial nint StackItem(nint stack, int index);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get0_cert")]
    internal static partial nint VerifiedCertificate(nint store);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_get0_untrusted")]
    internal static partial nint SentCertificates(nint store);

    [LibraryImport(Crypto, EntryPoint = "X509_STORE_CTX_set_error")]
    internal static partial void SetVerifyError(nint store, int error);

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    [SuppressGCTransition]
    internal static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_peek_error")]
    [SuppressGCTransition]
    internal static partial ulong PeekError();

    [LibraryImport(Crypto, EntryPoint = "ERR_reason_error_string")]
    internal static partial nint ReasonOf(ulong error);
}
