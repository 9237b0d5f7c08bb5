using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Tests.Errors;

public sealed class ErrorTableTests
{
    // RFC 9209 §2.3.
    private static readonly string[] Types =
    [
        "dns_timeout",
        "dns_error",
        "destination_not_found",
        "destination_unavailable",
        "destination_ip_prohibited",
        "destination_ip_unroutable",
        "connection_refused", "connection_terminated", "connection_timeout", "connection_read_timeout", "connection_write_timeout",
        "connection_limit_reached",
        "tls_protocol_error",
        "tls_certificate_error",
        "tls_alert_received",
        "http_request_error",
        "http_request_denied",
        "http_response_incomplete", "http_response_header_section_size", "http_response_header_size", "http_response_body_size",
        "http_response_trailer_section_size", "http_response_trailer_size", "http_response_transfer_coding", "http_response_content_coding",
        "http_response_timeout", "http_upgrade_failed", "http_protocol_error", "proxy_internal_response", "proxy_internal_error",
        "proxy_configuration_error", "proxy_loop_detected",
    ];

    private static IEnumerable<MeshErrorKind> Kinds => Enum.GetValues<MeshErrorKind>().Where(kind => kind != MeshErrorKind.None);

    [TestCaseSource(nameof(Kinds))]
    public void Every_kind_has_its_own_row_with_an_RFC_error_type(MeshErrorKind kind)
    {
        var row = ErrorTable.Of(kind);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(row.Kind, Is.EqualTo(kind));
            Assert.That(Types, Does.Contain(row.ProxyError));
            Assert.That(row.Status, Is.InRange(400, 599));
            Assert.That(row.Grpc, Is.InRange(1, 16));
            Assert.That(row.Title, Is.Not.Empty);
        }
    }

    [Test]
    public void Reasons_are_unique_lower_case_words() =>
        Assert.That(Kinds.Select(kind => ErrorTable.Of(kind).Reason), Is.Unique.And.All.Match("^[a-z_]+$"));

    [Test]
    public void An_undefined_kind_counts_as_internal() =>
        Assert.That(ErrorTable.Of((MeshErrorKind)999).Kind, Is.EqualTo(MeshErrorKind.Internal));

    [Test]
    public void A_peers_error_type_maps_to_a_kind_of_the_same_type() =>
        Assert.That(
            Kinds.Select(kind => ErrorTable.Of(ErrorTable.KindOf(ErrorTable.Of(kind).ProxyError)).ProxyError),
            Is.EqualTo(Kinds.Select(kind => ErrorTable.Of(kind).ProxyError)));
}
