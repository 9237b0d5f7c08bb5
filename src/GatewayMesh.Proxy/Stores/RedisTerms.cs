using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Configuration.Bootstrap;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Stores;

/// <summary>Terms of a connection to a Redis server.</summary>
internal static class RedisTerms
{
    /// <summary>Returns the terms of <paramref name="spec"/>. The certificate files are read at each handshake.</summary>
    /// <param name="spec">The server.</param>
    /// <param name="name">Name of the connection at the server.</param>
    public static ConfigurationOptions Of(RedisSpec spec, string name)
    {
        var options = new ConfigurationOptions
        {
            ClientName = name,
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast, // a request never waits for a connection
            ConnectTimeout = 1000,
            AsyncTimeout = 1000,
            SyncTimeout = 1000,
            ConnectRetry = 1,
            KeepAlive = 5,
            ConfigCheckSeconds = 1, // a replica that is promoted is known to be a primary
            TieBreaker = "", // nothing outside gatewaymesh:*
            ConfigurationChannel = "",
            ReconnectRetryPolicy = new LinearRetry(500),
            DefaultDatabase = spec.Database,
            Ssl = spec.IsTls,
            SslHost = spec.IsTls ? spec.Address.Host : null,
            User = spec.User.Length > 0 ? spec.User : null,
            Password = spec.Password.Length > 0 ? spec.Password : null,
            EndPoints = { IPAddress.TryParse(spec.Address.Host, out var ip)
                ? new IPEndPoint(ip, spec.Address.Port)
                : new DnsEndPoint(spec.Address.Host, spec.Address.Port) },
        };
        if (!spec.IsTls)
        {
            return options;
        }

        options.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (spec.Certificates.Ca is { } roots)
        {
            options.CertificateValidation += (_, certificate, chain, errors) => IsTrusted(roots, certificate, chain, errors);
        }

        if (spec.Certificates is { Cert: { } cert, Key: { } key })
        {
            options.CertificateSelection += (_, _, _, _, _) => X509Certificate2.CreateFromPemFile(cert, key);
        }

        return options;
    }

    // The name must be right; only the roots are others.
    private static bool IsTrusted(string roots, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(roots);
        foreach (var element in presented?.ChainElements.Skip(1) ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        using var copy = new X509Certificate2(certificate);
        return chain.Build(copy);
    }
}
