using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Shedding;

namespace GatewayMesh.Proxy.Tests.Shedding;

public sealed class PermitsTests
{
    [TestCase(1, 1, 1)]
    [TestCase(2, 2, 2)]
    [TestCase(10, 8, 10)]
    [TestCase(20, 16, 19)]
    [TestCase(1024, 820, 973)]
    public void A_small_configured_limit_applies_in_full(int limit, int sheddable, int defaults) =>
        Assert.That(Permits.OfNumber(limit, SheddingModel.Default), Is.EqualTo(new Permits(sheddable, defaults, limit)));

    [TestCase(1, 0, 1)]
    [TestCase(3, 2, 2)]
    [TestCase(8, 6, 7)]
    [TestCase(100, 80, 95)]
    public void A_measured_limit_reserves_a_permit_for_critical_requests(int limit, int sheddable, int defaults) =>
        Assert.That(Permits.OfMeasured(limit, SheddingModel.Default), Is.EqualTo(new Permits(sheddable, defaults, limit)));

    [Test]
    public void The_shares_come_from_the_policy() =>
        Assert.That(
            Permits.OfNumber(100, new SheddingModel { SheddableShare = 0.1, DefaultShare = 0.5 }), Is.EqualTo(new Permits(10, 50, 100)));

    [Test]
    public void Sheddable_requests_are_refused_first_and_critical_ones_last_for_any_shares() =>
        Prop.ForAll<byte, byte, byte>((limit, one, two) =>
        {
            var shedding = new SheddingModel { SheddableShare = Math.Min(one, two) / 255.0, DefaultShare = Math.Max(one, two) / 255.0 };
            Permits[] both = [Permits.OfNumber(1 + limit, shedding), Permits.OfMeasured(1 + limit, shedding)];
            return both.All(
                permits => permits.Sheddable <= permits.Default
                    && permits.Default >= 1
                    && permits.Default <= permits.Critical
                    && permits.Critical == 1 + limit);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_full_limit_is_distinguished_from_one_with_reserved_permits()
    {
        var count = default(PermitCount);
        var permits = new Permits(1, 2, 3);
        Assert.That(count.TryEnter(permits, Criticality.Sheddable), Is.EqualTo(LimitVerdict.Admitted));
        Assert.That(count.TryEnter(permits, Criticality.Sheddable), Is.EqualTo(LimitVerdict.Shed));
        Assert.That(count.TryEnter(permits, Criticality.Default), Is.EqualTo(LimitVerdict.Admitted));
        Assert.That(count.TryEnter(permits, Criticality.Default), Is.EqualTo(LimitVerdict.Shed));
        Assert.That(count.TryEnter(permits, Criticality.Critical), Is.EqualTo(LimitVerdict.Admitted));
        Assert.That(count.TryEnter(permits, Criticality.Critical), Is.EqualTo(LimitVerdict.Full));
        count.Leave();
        Assert.That(count.Taken, Is.EqualTo(2));
    }
}
