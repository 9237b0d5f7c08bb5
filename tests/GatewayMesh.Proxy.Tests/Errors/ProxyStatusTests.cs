using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.Errors;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Tests.Errors;

public sealed class ProxyStatusTests
{
    [Test]
    public void Our_member_names_error_forwarded_and_details() =>
        Assert.That(
            ProxyStatus.Format(new MeshError(MeshErrorKind.ConnectionRefused, false, "10.0.0.1:80")),
            Is.EqualTo("gatewaymesh; error=connection_refused; forwarded=?0; reason=connection_refused; details=\"10.0.0.1:80\""));

    [Test]
    public void Quotes_and_backslashes_in_details_are_escaped_and_non_ASCII_is_replaced() =>
        Assert.That(
            ProxyStatus.Format(new MeshError(MeshErrorKind.Internal, true, "a\"b\\c\r\nX: y ü")),
            Is.EqualTo("gatewaymesh; error=proxy_internal_error; forwarded=?1; reason=internal; details=\"a\\\"b\\\\c??X: y ?\""));

    [Test]
    public void Any_details_give_a_printable_ASCII_field_that_reads_back()
    {
        Prop.ForAll<string, bool>((details, forwarded) =>
        {
            var field = ProxyStatus.Format(new MeshError(MeshErrorKind.ConnectionReset, forwarded, details));
            return field.All(c => c is >= ' ' and <= '~')
                && ProxyStatus.TryRead(field, out var read)
                && read == new MeshError(MeshErrorKind.ConnectionReset, forwarded);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Reading_never_throws_on_any_input() =>
        Prop.ForAll<string>(text =>
        {
            _ = ProxyStatus.TryRead(text, out _);
            _ = ProxyStatus.TryRead("gatewaymesh; error=" + text, out _);
            return true;
        }).QuickCheckThrowOnFailure();

    [TestCase("gatewaymesh; error=connection_refused; forwarded=?0", false)]
    [TestCase("gatewaymesh;error=connection_refused;forwarded=?0", false)]
    [TestCase("cdn; received-status=502, gatewaymesh; error=connection_refused; forwarded=?0", false)]
    [TestCase("\"a, gatewaymesh; x\"; d=\"\\\"\", gatewaymesh; error=connection_refused; forwarded=?0", false)]
    [TestCase("gatewaymesh; error=connection_refused; forwarded=?1", true)]
    [TestCase("gatewaymesh; error=connection_refused; forwarded", true)]
    [TestCase("gatewaymesh; error=connection_refused", true)]
    [TestCase("gatewaymesh; error=connection_refused; forwarded=?0, gatewaymesh; error=connection_refused; forwarded=?1", true)]
    [TestCase("gatewaymesh; error=connection_refused; forwarded=?1, gatewaymesh; error=connection_refused; forwarded=?0", true)]
    public void Not_forwarded_requires_an_explicit_value_in_every_member(string field, bool forwarded)
    {
        Assert.That(ProxyStatus.TryRead(field, out var error), Is.True);
        Assert.That(error, Is.EqualTo(new MeshError(MeshErrorKind.ConnectionRefused, forwarded)));
    }

    [TestCase("")]
    [TestCase("cdn; error=connection_refused; forwarded=?0")]
    [TestCase("\"gatewaymesh; error=connection_refused; forwarded=?0\"")]
    [TestCase("gatewaymesh; received-status=502")]
    [TestCase("gatewaymesh; error=connection_refused; forwarded=?0, ;;")]
    [TestCase("gatewaymesh; error=connection_refused; forwarded=?0; details=\"broken")]
    public void Other_fields_are_not_a_mesh_response(string field) => Assert.That(ProxyStatus.TryRead(field, out _), Is.False);

    [Test]
    public void A_field_on_two_lines_is_a_single_list()
    {
        Assert.That(
            ProxyStatus.TryRead(new StringValues(["cdn", "gatewaymesh; error=draining_unknown; forwarded=?0"]), out var error), Is.True);
        Assert.That(error, Is.EqualTo(new MeshError(MeshErrorKind.Internal, false)));
    }
}
